import { countedAhead, lineOwner } from '@dowellchat/protocol'
import type { Prediction, TicketStore } from '../store.ts'
import { inLanes } from './lanes.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { above, oneOf } from './where.ts'

/** What is asked of lines to say how long it takes in them. */
export function mongoLineLooks(
  tickets: Rows<TicketDocument>,
): Pick<TicketStore, 'ordersIn' | 'takePredictions'> {
  return {
    async ordersIn(workspace_id, line) {
      const owner = lineOwner(line)
      if (!owner) return []
      const where =
        owner.kind === 'topic'
          ? ({
              workspace_id,
              is_closed: false,
              product: owner.name,
              state: 'waiting',
              line_order: above(''),
            } as const)
          : ({
              workspace_id,
              is_closed: false,
              line_manager: owner.name,
              state: 'assigned',
              line_order: above(''),
            } as const)
      const rows = await tickets.find(where, {
        fields: ['line_order'],
        sort: { line_order: 1 },
        limit: countedAhead,
      })
      return rows.map(({ line_order }) => line_order)
    },

    async takePredictions(workspace_id, ticketIds) {
      if (ticketIds.length === 0) return []
      const rows = await tickets.find(
        { workspace_id, _id: oneOf(ticketIds) },
        { fields: ['_id', 'predicted'] },
      )
      // Another server may take the same at once: each is answered to the one that has changed it.
      const taken = await inLanes(rows, async ({ _id, predicted }): Promise<Prediction[]> => {
        if (!predicted) return []
        const noted = { workspace_id, _id, is_predicted: true }
        const row = await tickets.change(noted, { $set: { predicted: null, is_predicted: false } })
        return row ? [{ ticket_id: _id, predicted }] : []
      })
      return taken.flat()
    },
  }
}
