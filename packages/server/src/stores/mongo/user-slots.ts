import type { NewTicket } from '../store.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { above } from './where.ts'

/**
 * Finds each next free slot of the users of one workspace. The unique key decides who gets it: whoever finds it taken looks
 * again. Null for a ticket without a limit, undefined where its user has none left.
 */
export function userSlots(
  tickets: Pick<Rows<TicketDocument>, 'find'>,
  workspace_id: string,
): (ticket: NewTicket) => Promise<number | null | undefined> {
  const takenBy = new Map<string, Set<number | null>>()

  async function takenSlots(user_id: string): Promise<Set<number | null>> {
    const known = takenBy.get(user_id)
    if (known) return known
    const rows = await tickets.find({ workspace_id, user_id, user_slot: above(0) }, { fields: ['user_slot'] })
    const taken = new Set(rows.map(({ user_slot }) => user_slot))
    takenBy.set(user_id, taken)
    return taken
  }

  return async ({ user_id, most_open }) => {
    if (most_open === undefined) return null
    const taken = await takenSlots(user_id)
    for (let slot = 1; slot <= most_open; slot++) {
      if (taken.has(slot)) continue
      taken.add(slot)
      return slot
    }
    return undefined
  }
}
