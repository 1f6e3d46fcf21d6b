import type { Rows } from './rows.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { oneOf } from './where.ts'

type Before = Pick<TicketDocument, '_id' | 'moves' | 'product'>
/** What a move was to make of a ticket. */
type Meant = Pick<TicketDocument, 'moves' | 'product' | 'line_manager'>

/**
 * Tickets of which nobody knows whether they were moved, since the answer was lost: whoever asks under the same key next finds
 * out, or nobody would ever be told of them.
 */
export class Doubts {
  readonly #tickets: Rows<TicketDocument>
  /** By key and id. */
  readonly #open = new Map<string, Map<string, Meant>>()

  constructor(tickets: Rows<TicketDocument>) {
    this.#tickets = tickets
  }

  /** Moves a ticket once. @param line_manager who is to have it then */
  async move<Moved extends object | null | undefined>(
    key: string,
    { _id, moves, product }: Before,
    line_manager: string | null,
    move: () => Promise<Moved>,
  ): Promise<Moved> {
    try {
      const moved = await move()
      // Where it is refused, the earlier write may have been faster.
      if (moved && !('refused' in moved)) this.#open.get(key)?.delete(_id)
      return moved
    } catch (error) {
      const open = this.#open.get(key) ?? new Map<string, Meant>()
      this.#open.set(key, open.set(_id, { moves: moves + 1, product, line_manager }))
      throw error
    }
  }

  /** Those that were moved so, and by nobody since. Those that were not moved yet stay in doubt: the write may be on its way. */
  async settle(key: string, workspace_id: string): Promise<TicketDocument[]> {
    const open = this.#open.get(key)
    if (!open) return []
    const before = new Map(open)
    const rows = await this.#tickets.find({ workspace_id, _id: oneOf([...before.keys()]) })
    const isUnmoved = ({ _id, moves }: TicketDocument) => before.get(_id)?.moves === moves + 1
    const unmoved = new Set(rows.filter(isUnmoved).map(({ _id }) => _id))
    for (const id of before.keys()) if (!unmoved.has(id)) open.delete(id)
    if (open.size === 0) this.#open.delete(key)
    return rows.filter(({ _id, moves, product, line_manager }) => {
      const meant = before.get(_id)
      return meant?.moves === moves && meant.product === product && meant.line_manager === line_manager
    })
  }
}
