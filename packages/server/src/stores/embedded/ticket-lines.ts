import { countedAhead, lineOwner, managerLine, topicLine } from '@dowellchat/protocol'
import { type LinePlace, mostAssigned } from '../store.ts'
import type { Line } from './line.ts'
import type { Database } from './sqlite.ts'
import type { TicketMoving } from './ticket-moving.ts'

interface Waiting {
  readonly id: string
  readonly line_order: string
}

interface Placed {
  readonly state: string
  readonly product: string
  readonly line_manager: string | null
  readonly line_order: string
}

/** What is asked of lines, each answered by a range of an index. */
export interface TicketLines {
  place(workspaceId: string, ticketId: string): LinePlace | null
  countInLine(workspaceId: string, product: string): number
  /** The orders of those in a line, first to last. */
  orders(workspaceId: string, line: string): string[]
  /** The id of the first that waits, of these topics or of all. */
  first(workspaceId: string, products?: readonly string[]): string | undefined
  /** Gives those that wait, in order, to whoever is free; answers their ids. */
  assign(workspaceId: string, closed: readonly string[]): string[]
}

export function ticketLines(db: Database, line: Line, moving: TicketMoving): TicketLines {
  const placed = db.prepare<Placed>(
    'SELECT state, product, line_manager, line_order FROM tickets WHERE workspace_id = ? AND id = ?',
  )
  const count = (index: string, condition: string) =>
    db.prepare<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM tickets INDEXED BY ${index} WHERE workspace_id = ? AND ${condition} LIMIT ${countedAhead})`,
    )
  const beforeInTopic = count('tickets_line', "product = ? AND state = 'waiting' AND line_order < ?")
  const beforeAtManager = count('tickets_held', "line_manager = ? AND state = 'assigned' AND line_order < ?")
  const inTopic = count('tickets_line', "product = ? AND state = 'waiting'")
  const orders = (index: string, condition: string) =>
    db.prepare<Pick<Waiting, 'line_order'>>(
      `SELECT line_order FROM tickets INDEXED BY ${index} WHERE workspace_id = ? AND ${condition}
       ORDER BY line_order LIMIT ${countedAhead}`,
    )
  const topicOrders = orders('tickets_line', "product = ? AND state = 'waiting'")
  const managerOrders = orders('tickets_held', "line_manager = ? AND state = 'assigned'")
  const firstOfAll = db.prepare<Waiting>(
    `SELECT id, line_order FROM tickets INDEXED BY tickets_waiting WHERE workspace_id = ? AND state = 'waiting'
     ORDER BY line_order LIMIT 1`,
  )
  const firstOfTopic = db.prepare<Waiting>(
    `SELECT id, line_order FROM tickets INDEXED BY tickets_line WHERE workspace_id = ? AND product = ? AND state = 'waiting'
     ORDER BY line_order LIMIT 1`,
  )
  // From one topic of those that wait to the next, however many wait in each.
  const nextTopic = db.prepare<{ product: string | null }>(
    `SELECT min(product) AS product FROM tickets INDEXED BY tickets_line
     WHERE workspace_id = ? AND state = 'waiting' AND product > ?`,
  )

  function waitingTopics(workspaceId: string): string[] {
    const topics: string[] = []
    for (let next = ''; ; ) {
      const product = nextTopic.get(workspaceId, next)?.product ?? undefined
      if (product === undefined) return topics
      topics.push(product)
      next = product
    }
  }

  function firstOf(
    workspaceId: string,
    products: Iterable<string>,
  ): (Waiting & { product: string }) | undefined {
    let first: (Waiting & { product: string }) | undefined
    for (const product of products) {
      const one = firstOfTopic.get(workspaceId, product)
      if (one && (!first || one.line_order < first.line_order)) first = { ...one, product }
    }
    return first
  }

  return {
    place(workspaceId, ticketId) {
      const found = placed.get(workspaceId, ticketId)
      if (!found) return null
      const { state, product, line_manager, line_order: order } = found
      if (state === 'waiting') {
        const ahead = beforeInTopic.get(workspaceId, product, order)?.count ?? 0
        return { line: topicLine(product), order, ahead }
      }
      if (state !== 'assigned' || line_manager === null) return null
      const ahead = beforeAtManager.get(workspaceId, line_manager, order)?.count ?? 0
      return { line: managerLine(line_manager), order, ahead }
    },

    countInLine: (workspaceId, product) => inTopic.get(workspaceId, product)?.count ?? 0,

    orders(workspaceId, line) {
      const { kind, name } = lineOwner(line) ?? { kind: 'topic', name: '' }
      const rows = kind === 'topic' ? topicOrders : managerOrders
      return rows.all(workspaceId, name).map(({ line_order }) => line_order)
    },

    first: (workspaceId, products) =>
      (products ? firstOf(workspaceId, products) : firstOfAll.get(workspaceId))?.id,

    assign(workspaceId, closed) {
      const given: string[] = []
      const topics = new Set(waitingTopics(workspaceId).filter((one) => !closed.includes(one)))
      while (given.length < mostAssigned) {
        const next = firstOf(workspaceId, topics)
        if (!next) break
        const place = line.next(workspaceId, next.product)
        // Others may be free for other topics.
        if (!place) topics.delete(next.product)
        else {
          moving.move(
            workspaceId,
            next.id,
            { kind: 'take', line_manager: place.line_manager },
            place.line_manager,
          )
          given.push(next.id)
        }
      }
      return given
    },
  }
}
