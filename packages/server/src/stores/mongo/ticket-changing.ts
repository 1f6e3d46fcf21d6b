import { lineOrder } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { metadataText } from '../fields/tickets.ts'
import type { TicketChange, TicketStore } from '../store.ts'
import type { Database } from './database.ts'
import type { Rows, Update } from './rows.ts'
import { unmoved } from './ticket-moving.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { above, below } from './where.ts'

export interface TicketChanging extends Pick<TicketStore, 'touch' | 'firstText' | 'firstSent' | 'unsent'> {
  /** Changes what is named; undefined where there is no such ticket. */
  update(workspaceId: string, ticketId: string, change: TicketChange): Promise<TicketDocument | undefined>
}

/** What becomes of tickets beside their moves. */
export function ticketChanging({ deadlines }: Database, tickets: Rows<TicketDocument>): TicketChanging {
  /** A priority changes the place in the line, which moves change too. */
  function prioritise(
    workspace_id: string,
    _id: string,
    priority: TicketDocument['priority'],
    $set: Partial<TicketDocument>,
  ): Promise<TicketDocument | undefined> {
    const changed = deadlines.persist<TicketDocument | null>(async () => {
      const row = await tickets.get({ workspace_id, _id })
      if (!row) return null
      const line_order = lineOrder({ ...row, priority })
      return tickets.changeAndRead(unmoved(row), { $set: { ...$set, priority, line_order } })
    })
    return changed.then((row) => row ?? undefined)
  }

  return {
    async update(workspace_id, _id, { priority, ...change }) {
      const isSeen = priority !== undefined || Object.keys(change).some((name) => name !== 'predicted')
      const $set = { ...changedFields(change), ...(isSeen && { updated_at: isoNow() }) }
      if (priority !== undefined) return prioritise(workspace_id, _id, priority, $set)
      return Object.keys($set).length === 0
        ? tickets.get({ workspace_id, _id })
        : tickets.changeAndRead({ workspace_id, _id }, { $set })
    },

    async touch(workspace_id, activity) {
      await tickets.changeEach(
        activity.map(({ ticket_id, at }) => ({
          where: { workspace_id, _id: ticket_id, active_at: below(at) },
          update: { $set: { active_at: at } } satisfies Update<TicketDocument>,
        })),
      )
    },

    async firstText(workspace_id, _id) {
      return (await tickets.get({ workspace_id, _id }, ['first_text']))?.first_text ?? null
    },

    async firstSent(workspace_id, _id) {
      await tickets.change({ workspace_id, _id }, { $set: { first_text: null } })
    },

    async unsent(before, limit) {
      const rows = await tickets.findEverywhere(
        { first_text: above(''), created_at: below(before) },
        { fields: ['workspace_id', '_id'], sort: { created_at: 1 }, limit },
      )
      return rows.map(({ workspace_id, _id }) => ({ workspace_id, ticket_id: _id }))
    },
  }
}

function changedFields({ metadata, ...change }: Omit<TicketChange, 'priority'>): Partial<TicketDocument> {
  return {
    ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    ...(metadata !== undefined && { metadata_text: metadataText(metadata) }),
    ...(change.target !== undefined && { due_at: change.target?.due_at ?? null }),
    ...(change.predicted !== undefined && { is_predicted: change.predicted !== null }),
  }
}
