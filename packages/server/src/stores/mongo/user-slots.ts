import { afterAnonymous, anonymousPrefix } from '../person.ts'
import type { NewTicket } from '../store.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { above, between } from './where.ts'

/** What a user has open, as far as their limit. */
interface Open {
  count: number
  readonly slots: Set<number | null>
}

/**
 * Finds each next free slot of the users of one workspace. The unique key decides who gets it: whoever finds it taken looks
 * again. Null for a ticket without a limit, undefined where its user has as many open as they may have. Tickets that were opened again have
 * no slot, and count.
 */
export function userSlots(
  tickets: Pick<Rows<TicketDocument>, 'find'>,
  workspace_id: string,
): (ticket: NewTicket) => Promise<number | null | undefined> {
  const openOf = new Map<string, Open>()

  async function opened(user_id: string, limit: number): Promise<Open> {
    const known = openOf.get(user_id)
    if (known) return known
    const rows = await tickets.find(
      { workspace_id, user_id, is_closed: false, n: above(0) },
      { fields: ['user_slot'], sort: { n: 1 }, limit },
    )
    const open = { count: rows.length, slots: new Set(rows.map(({ user_slot }) => user_slot)) }
    openOf.set(user_id, open)
    return open
  }

  return async ({ user_id, most_open }) => {
    if (most_open === undefined) return null
    const open = await opened(user_id, most_open)
    if (open.count >= most_open) return undefined
    open.count += 1
    let slot = 1
    while (open.slots.has(slot)) slot += 1
    open.slots.add(slot)
    return slot
  }
}

/** The ids of guests. */
export const ofGuests = between(anonymousPrefix, afterAnonymous)

/** Tells of each next ticket of one workspace whether its guests have as many open as they may have. */
export function guestsFull(
  tickets: Pick<Rows<TicketDocument>, 'aggregate'>,
  workspace_id: string,
): (ticket: NewTicket) => Promise<boolean> {
  let open: number | undefined

  async function opened(limit: number): Promise<number> {
    const where = { workspace_id, user_id: ofGuests, is_closed: false, line_order: above('') }
    const [counted] = await tickets.aggregate<{ count: number }>(where, [
      { $limit: limit },
      { $count: 'count' },
    ])
    return counted?.count ?? 0
  }

  return async ({ most_guests_open }) => {
    if (most_guests_open === undefined) return false
    open ??= await opened(most_guests_open)
    open += 1
    return open > most_guests_open
  }
}
