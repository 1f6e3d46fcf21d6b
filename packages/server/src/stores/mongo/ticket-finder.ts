import type { TicketFilter } from '../store.ts'
import type { Numbers } from './numbers.ts'
import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { below, within } from './where.ts'

type Find = (workspaceId: string, filter: TicketFilter) => Promise<TicketDocument[]>

/** Finds one row more than the filter's limit, so that its presence tells of more; newest first. */
export function ticketFinder(tickets: Rows<TicketDocument>, numbers: Numbers): Find {
  /** The number that the list ends before; undefined where the ticket it follows is not one of the filter's users. */
  async function endOf(
    workspace_id: string,
    { before, user_ids }: TicketFilter,
  ): Promise<number | undefined> {
    if (before === undefined) return (await numbers.last(workspace_id)) + 1
    const place = await tickets.get({ workspace_id, _id: before }, ['n', 'user_id'])
    return place && (user_ids?.includes(place.user_id) ?? true) ? place.n : undefined
  }

  return async (workspace_id, filter) => {
    const { user_ids, product, is_closed, limit } = filter
    const end = await endOf(workspace_id, filter)
    if (end === undefined) return []
    // All tickets have numbers without holes, those of a user or a topic have not.
    if (user_ids === undefined && product === undefined && is_closed === undefined) {
      return tickets.find({ workspace_id, n: within(end - 1 - limit, end - 1) }, { sort: { n: -1 } })
    }
    const of = {
      workspace_id,
      ...(product !== undefined && { product }),
      ...(is_closed !== undefined && { is_closed }),
      n: below(end),
    }
    const newest = { sort: { n: -1 }, limit: limit + 1 } as const
    if (user_ids === undefined) return tickets.find(of, newest)
    // One range of the index for each id, of which the newest are taken.
    const ranges = await Promise.all(user_ids.map((user_id) => tickets.find({ ...of, user_id }, newest)))
    return ranges
      .flat()
      .sort((a, b) => b.n - a.n)
      .slice(0, limit + 1)
  }
}
