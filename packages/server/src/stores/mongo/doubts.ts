import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { oneOf } from './where.ts'

type Before = Pick<TicketDocument, '_id' | 'moves'>

/**
 * Tickets of which nobody knows whether they were moved, since the answer was lost: whoever asks under the same key next finds
 * out, or nobody would ever be told of them.
 */
export class Doubts {
  readonly #tickets: Rows<TicketDocument>
  /** How often they had been moved, by key and id. */
  readonly #open = new Map<string, Map<string, number>>()

  constructor(tickets: Rows<TicketDocument>) {
    this.#tickets = tickets
  }

  /** Moves a ticket once. */
  async move<Moved extends object | null | undefined>(
    key: string,
    { _id, moves }: Before,
    move: () => Promise<Moved>,
  ): Promise<Moved> {
    try {
      const moved = await move()
      // Where it is refused, the earlier write may have been faster.
      if (moved && !('refused' in moved)) this.#open.get(key)?.delete(_id)
      return moved
    } catch (error) {
      const open = this.#open.get(key) ?? new Map<string, number>()
      this.#open.set(key, open.set(_id, moves))
      throw error
    }
  }

  /** Those that were moved once. Those that were not yet stay in doubt: the write may be on its way. */
  async settle(key: string, workspace_id: string): Promise<TicketDocument[]> {
    const open = this.#open.get(key)
    if (!open) return []
    const before = new Map(open)
    const rows = await this.#tickets.find({ workspace_id, _id: oneOf([...before.keys()]) })
    const unmoved = new Set(rows.filter(({ _id, moves }) => before.get(_id) === moves).map(({ _id }) => _id))
    for (const id of before.keys()) if (!unmoved.has(id)) open.delete(id)
    if (open.size === 0) this.#open.delete(key)
    return rows.filter(({ _id, moves }) => (before.get(_id) ?? moves) + 1 === moves)
  }
}
