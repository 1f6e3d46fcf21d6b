import type { PayloadOf } from '@dowellchat/protocol'
import type { DataOf } from '../entities.ts'
import { fixtures } from './fixtures.ts'

/** Answers what customers and agents ask about lines: there is one place in them, the first. */
export const fakeDesk = {
  get_estimate(payload: PayloadOf<'get_estimate'>): DataOf<'get_estimate'> {
    return fixtures.waitingEstimate({ ...payload, computed_at: new Date().toISOString() })
  },
  hold_ticket({ ticket_id, is_on_hold }: PayloadOf<'hold_ticket'>): DataOf<'hold_ticket'> {
    return fixtures.ticket({ _id: ticket_id, state: is_on_hold ? 'on_hold' : 'open' })
  },
}
