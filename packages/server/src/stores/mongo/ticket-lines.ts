import { countedAhead, managerLine, topicLine } from '@dowellchat/protocol'
import type { Place } from '../load.ts'
import { mostAssigned, type TicketStore } from '../store.ts'
import type { Database } from './database.ts'
import { Doubts } from './doubts.ts'
import { unlessUnavailable } from './errors.ts'
import { inLanes } from './lanes.ts'
import type { Line } from './line.ts'
import { Partly } from './partly.ts'
import type { Rows } from './rows.ts'
import type { TicketMoving } from './ticket-moving.ts'
import type { TicketDocument } from './ticket-rows.ts'
import { above, below, type Where } from './where.ts'

/** How many waiting tickets are given at a time. */
const givenAtOnce = 50

/** What is asked of lines, each answered by a range of an index. */
export interface TicketLines extends Pick<TicketStore, 'place' | 'countInLine'> {
  /** The first that waits, of these topics or of all. */
  first(workspaceId: string, products?: readonly string[]): Promise<TicketDocument | undefined>
  /** Whether any waits for a topic. */
  isWaited(workspaceId: string, product: string): Promise<boolean>
  /** Gives those that wait, in order, to whoever is free; there are `more` where it ended for another reason than that all are given. */
  assign(
    workspaceId: string,
    closed: readonly string[],
  ): Promise<{ readonly rows: readonly TicketDocument[]; readonly more: boolean }>
}

const inOrder = (a: TicketDocument, b: TicketDocument) => (a.line_order < b.line_order ? -1 : 1)

export function ticketLines(
  { deadlines }: Database,
  tickets: Rows<TicketDocument>,
  line: Line,
  moving: TicketMoving,
): TicketLines {
  const doubts = new Doubts(tickets)
  const waitingIn = (workspace_id: string) => ({ workspace_id, is_closed: false, state: 'waiting' }) as const

  async function count(where: Where<TicketDocument>): Promise<number> {
    const stages = [{ $limit: countedAhead }, { $count: 'count' }]
    const [counted] = await tickets.aggregate<{ count: number }>(where, stages)
    return counted?.count ?? 0
  }

  /** The first of some topics' lines, or of all lines. */
  async function firstOf(
    workspaceId: string,
    products: readonly string[] | undefined,
    limit: number,
  ): Promise<TicketDocument[]> {
    const waiting = { ...waitingIn(workspaceId), line_order: above('') }
    const first = { sort: { line_order: 1 }, limit } as const
    if (!products) return tickets.find(waiting, first)
    const each = await inLanes([...new Set(products)], (product) =>
      tickets.find({ ...waiting, product }, first),
    )
    return each.flat().sort(inOrder).slice(0, limit)
  }

  /** The topics that tickets wait for: from one to the next, however many wait in each. */
  async function waitingTopics(workspaceId: string): Promise<string[]> {
    const topics: string[] = []
    for (let last = ''; ; ) {
      const [next] = await tickets.find(
        { ...waitingIn(workspaceId), product: above(last) },
        { fields: ['product'], sort: { product: 1 }, limit: 1 },
      )
      if (!next) return topics
      topics.push(next.product)
      last = next.product
    }
  }

  /** The first that wait, but for topics that nobody is free for. */
  async function candidates(workspaceId: string, left: ReadonlySet<string>): Promise<TicketDocument[]> {
    const products = left.size > 0 ? await waitingTopics(workspaceId) : undefined
    return firstOf(
      workspaceId,
      products?.filter((one) => !left.has(one)),
      givenAtOnce,
    )
  }

  /** Whoever was removed as they were given a ticket has nothing. One that cannot be taken back now stays given. */
  async function takeBack(
    workspaceId: string,
    given: readonly TicketDocument[],
    gone: ReadonlySet<string>,
  ): Promise<TicketDocument[]> {
    if (gone.size === 0) return [...given]
    const kept: TicketDocument[] = []
    for (const row of given) {
      const { _id, line_manager } = row
      const move = { kind: 'hand_back', line_manager: line_manager ?? '' } as const
      const isGone = line_manager !== null && gone.has(line_manager)
      const takingBack = () => moving.move(workspaceId, _id, move, move.line_manager).then(() => true)
      const isBack = isGone && (await unlessUnavailable(takingBack(), () => false))
      if (!isBack) kept.push(row)
    }
    return kept
  }

  const give = (ticket: TicketDocument, { line_manager, slot }: Place) =>
    doubts.move(ticket.workspace_id, ticket, line_manager, () => moving.give(ticket, line_manager, slot))

  /** Those that an earlier call has given without learning of it. */
  async function givenBefore(workspaceId: string): Promise<TicketDocument[]> {
    const moved = await doubts.settle(workspaceId, workspaceId)
    return moved.filter(({ state }) => state === 'assigned')
  }

  /** Gives places to the first that wait. @param left the topics that nobody is free for; becomes more */
  async function giveSome(
    workspaceId: string,
    left: Set<string>,
    partly: Partly,
  ): Promise<{ isOver: boolean; given: TicketDocument[] }> {
    const waiting = await candidates(workspaceId, left)
    if (waiting.length === 0) return { isOver: true, given: [] }
    const turns = await line.turns(workspaceId)
    const giving: Promise<TicketDocument | undefined>[] = []
    const giveEach = async () => {
      for (const ticket of waiting) {
        if (partly.isFailing) return
        if (left.has(ticket.product)) continue
        const place = await turns.next(ticket.product)
        if (place) giving.push(partly.step(() => give(ticket, place)))
        // Others may be free for other topics.
        else left.add(ticket.product)
      }
    }
    await partly.step(giveEach)
    const given = (await Promise.all(giving)).flatMap((row) => row ?? [])
    const kept = await partly.step(async () =>
      takeBack(workspaceId, given, await turns.served(given.map(({ line_manager }) => line_manager))),
    )
    return { isOver: false, given: kept ?? given }
  }

  return {
    async place(workspace_id, ticketId) {
      const row = await tickets.get({ workspace_id, _id: ticketId }, [
        'state',
        'product',
        'line_manager',
        'line_order',
      ])
      if (!row) return null
      const { state, product, line_manager, line_order: order } = row
      const before = { line_order: below(order) }
      if (state === 'waiting') {
        const ahead = await count({ ...waitingIn(workspace_id), product, ...before })
        return { line: topicLine(product), order, ahead }
      }
      if (state !== 'assigned' || line_manager === null) return null
      const ahead = await count({ workspace_id, is_closed: false, line_manager, state, ...before })
      return { line: managerLine(line_manager), order, ahead }
    },

    countInLine: (workspaceId, product) =>
      count({ ...waitingIn(workspaceId), product, line_order: above('') }),

    first: async (workspaceId, products) => (await firstOf(workspaceId, products, 1))[0],

    async isWaited(workspaceId, product) {
      const waiting = { ...waitingIn(workspaceId), product, line_order: above('') }
      return (await tickets.get(waiting, ['n'])) !== undefined
    },

    /** Until nobody waits, nobody is free or many are given; looks again after each write, since another node may have made room. */
    async assign(workspaceId, closed) {
      const all: TicketDocument[] = []
      const left = new Set(closed)
      // What is left when time is short is given by the next call; what was given must be told.
      const until = deadlines.end(0.5)
      const partly = new Partly()
      all.push(...((await partly.step(() => givenBefore(workspaceId))) ?? []))
      let isOver = false
      for (let isDone = partly.isFailing; !isDone; ) {
        const some = await partly.step(() => giveSome(workspaceId, left, partly))
        all.push(...(some?.given ?? []))
        isOver = !partly.isFailing && some?.isOver === true
        isDone = isOver || partly.isFailing || all.length >= mostAssigned || performance.now() > until
      }
      return { rows: partly.answer(all), more: !isOver }
    },
  }
}
