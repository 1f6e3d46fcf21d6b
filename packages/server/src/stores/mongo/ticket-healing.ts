import { countedCache } from '../../counted-cache.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { absent, asRead } from './where.ts'

/** A workspace is looked at once in a while: what waits is given far more often. */
const everyMs = 10_000
const atOnce = 500
const keptWorkspaces = 10_000

/**
 * Writes the states of tickets that servers from before 0.9 make beside those of this version, as in a rolling deploy: lists
 * and lines find what is written.
 */
export function ticketHealing(tickets: Rows<TicketDocument>): (workspaceId: string) => Promise<void> {
  const lookedAt = countedCache<string, number>(keptWorkspaces)

  return async (workspace_id) => {
    const now = performance.now()
    if (now - (lookedAt.get(workspace_id) ?? Number.NEGATIVE_INFINITY) < everyMs) return
    lookedAt.set(workspace_id, now)
    const rows = await tickets.find({ workspace_id, active_at: absent() }, { limit: atOnce })
    // Where a ticket has changed since, the next look finds it again.
    await tickets.changeEach(
      rows.map(({ _id, line_manager, is_closed, moves, priority, ...row }) => {
        const { state, enqueued_at, assigned_at, active_at, line_order } = row
        const still = {
          moves: asRead(moves, 0),
          priority: asRead(priority, 'normal'),
          active_at: absent<string>(),
        }
        return {
          where: { workspace_id, _id, line_manager, is_closed, ...still },
          update: { $set: { state, enqueued_at, assigned_at, active_at, line_order, priority, moves } },
        }
      }),
    )
  }
}
