import type { TicketMove } from '@dowellchat/protocol'
import type { Document } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { type Watched, watch } from '../../../tests/support/watched-commands.ts'
import { ask, hire, newTicket, range } from '../../testing/store-cases/making.ts'
import { newTicketRow } from '../fields/tickets.ts'
import type { Store } from '../store.ts'
import { connect } from './connection.ts'
import { storeOver } from './index.ts'

// What stands in for MongoDB is slow on a busy machine, and these tests are not about being late.
const deadlineMs = 30_000

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  interface Line {
    readonly store: Store
    readonly ids: readonly string[]
    readonly waiting: readonly string[]
    /** The look-ups of some work. */
    asked(work: () => Promise<unknown>): Promise<Watched[]>
    keysRead(one: Watched): Promise<number>
  }

  /** A line of so many open tickets, inserted past the driver, so many that wait for another topic, and what is asked of its database. */
  async function lineOf(size: number, waits = 0): Promise<Line> {
    const watched: Watched[] = []
    const connection = await connect(
      { url: server.url, database: newDatabase(), deadlineMs },
      { monitorCommands: true },
    )
    const store = await storeOver(connection)
    onTestFinished(() => store.close())
    await hire(store, ['mia'], size + 1)
    const rows = range(1, size).map((n) => ({
      ...newTicketRow(newTicket(), { line_manager: 'mia', slot: n }),
      workspace_id: 'acme',
      n,
    }))
    const waiting = range(1, waits).map((n) => ({
      ...newTicketRow(newTicket({ product: 'delivery' }), undefined),
      ...{ workspace_id: 'acme', n: size + n, user_slot: null, due_at: null, is_predicted: false },
    }))
    const tickets = connection.db.collection<{ _id: string }>('tickets')
    await tickets.insertMany([...rows, ...waiting])
    await ask(store)
    watch(connection, watched)
    return {
      store,
      waiting: waiting.map(({ _id }) => _id),
      ids: rows.map(({ _id }) => _id),
      async asked(work) {
        watched.length = 0
        await work()
        return watched.filter(({ collection }) => collection === 'tickets')
      },
      async keysRead({ filter, stages, sort, limit }) {
        const plan: Document =
          stages.length > 0
            ? await tickets.aggregate([{ $match: filter }, ...stages]).explain('executionStats')
            : await tickets
                .find(filter)
                .sort(sort as never)
                .limit(limit)
                .explain('executionStats')
        const { totalKeysExamined } = plan.executionStats ?? plan.stages?.[0]?.$cursor?.executionStats ?? {}
        return totalKeysExamined
      },
    }
  }

  async function costsOf({ store, ids, asked }: Line): Promise<Record<string, Watched[]>> {
    const [first = '', middle = '', last = ''] = [ids[0], ids[Math.floor(ids.length / 2)], ids.at(-1)]
    return {
      waiting: await asked(() => ask(store)),
      closing: await asked(() => store.tickets.close('acme', middle, 'mia')),
      assigning: await asked(() => store.tickets.assignWaiting('acme')),
      'closing another': await asked(() => store.tickets.close('acme', first, 'mia')),
      'looking for one that waits': await asked(() => store.tickets.assignWaiting('acme')),
      reading: await asked(() => store.tickets.get('acme', last)),
      "asking for another's": await asked(() => store.tickets.get('acme', last, ['zoe'])),
      'asking for none': await asked(() => store.tickets.get('acme', 'none', ['zoe'])),
      'a page': await asked(() => store.tickets.list('acme', { limit: 5 })),
      'a line': await asked(() => store.tickets.listOpen('acme', 'mia', { limit: 5, after: first })),
    }
  }

  /** What is asked of the line of a topic, and of what a line manager has. */
  async function lineCostsOf({ store, ids, waiting, asked }: Line): Promise<Record<string, Watched[]>> {
    const [held = '', waits = ''] = [ids[Math.floor(ids.length / 2)], waiting.at(-1)]
    const at = '2100-01-01T00:00:00.000Z'
    const { tickets } = store
    const move = (id: string, one: TicketMove) => asked(() => tickets.move('acme', id, one, 'mia'))
    return {
      answering: await move(held, { kind: 'answer' }),
      holding: await move(held, { kind: 'hold' }),
      'handing one back': await move(held, { kind: 'hand_back', line_manager: 'mia' }),
      taking: await move(held, { kind: 'take', line_manager: 'mia' }),
      transferring: await move(held, { kind: 'transfer', product: 'delivery' }),
      'a change': await asked(() => tickets.update('acme', waits, { tags: ['vip'] })),
      'a priority': await asked(() => tickets.update('acme', waits, { priority: 'high' })),
      activity: await asked(() => tickets.touch('acme', [{ ticket_id: waits, at }])),
      'a place that waits': await asked(() => tickets.place('acme', waits)),
      'a place of somebody': await asked(() => tickets.place('acme', ids[1] ?? '')),
      'the length': await asked(() => tickets.countInLine('acme', 'delivery')),
      'the orders': await asked(() => tickets.ordersIn('acme', 'topic:delivery')),
      'the first': await asked(() => tickets.firstInLine('acme', ['delivery', 'none'])),
      predictions: await asked(() => tickets.takePredictions('acme', [waits])),
      'handing back': await asked(() => tickets.handBack('acme', 'mia', { onlyUnanswered: true, limit: 2 })),
      'a claim': await asked(() => tickets.claimed('acme', 'mia', 'cid')),
      unsent: await asked(() => tickets.unsent(at, 2)),
      overdue: await asked(() => tickets.overdue(at, 2)),
      'who is absent': await asked(() => store.lineManagers.absent(at, 2)),
      'how many wait': await asked(() => tickets.countWaiting('acme')),
    }
  }

  it('[CC6] asks for what is overdue with as many commands, however many tickets are', {
    timeout: 120_000,
  }, async () => {
    const { store, ids, asked } = await lineOf(40)
    const due_at = '2026-01-01T00:00:00.000Z'
    for (const id of ids) await store.tickets.update('acme', id, { target: { kind: 'solved', due_at } })
    const costs: number[] = []
    for (const limit of [2, 30])
      costs.push((await asked(() => store.tickets.overdue('2027-01-01T00:00:00.000Z', limit))).length)
    expect(costs[1]).toBe(costs[0])
  })

  it('[CC6] asks for those who are absent with as many commands, however many have nothing', {
    timeout: 120_000,
  }, async () => {
    const { store, asked } = await lineOf(1)
    const [at, later] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']
    const leave = async (names: readonly string[]) => {
      await hire(store, names)
      for (const name of names) await store.lineManagers.attend('acme', name, { is_connected: false, at })
      return (await asked(() => store.lineManagers.absent(later, 9))).length
    }
    const few = await leave(range(1, 2).map((n) => `max ${n}`))
    expect(await leave(range(1, 30).map((n) => `moe ${n}`))).toBe(few)
    // Further than are read at once, though all have left in the same moment.
    await leave(range(1, 250).map((n) => `may ${n}`))
    await store.lineManagers.attend('acme', 'mia', { is_connected: false, at: '2026-01-01T00:00:00.001Z' })
    const absent = await store.lineManagers.absent(later, 9)
    expect(absent.map(({ user_id }) => user_id)).toEqual(['mia'])
  })

  const shapes = (all: readonly Watched[]) =>
    all.map(({ command, filter, stages, limit }) => [
      command,
      Object.keys(filter),
      stages.map(Object.keys),
      limit,
    ])

  it('[CC6] asks for the same beside 10 and beside 400 open tickets, and counts one range of an index', {
    timeout: 120_000,
  }, async () => {
    const [few, many] = [await lineOf(10), await lineOf(400)]
    const [costsOfFew, costs] = [await costsOf(few), await costsOf(many)]

    for (const [what, asked] of Object.entries(costs)) {
      expect(shapes(asked), what).toEqual(shapes(costsOfFew[what] ?? []))
      for (const one of asked) {
        // Counting may read the line once, and nothing else reads more than it answers.
        const isCount = one.stages.length > 0
        const isById = typeof one.filter._id === 'string'
        if (isCount) expect(await many.keysRead(one), what).toBeLessThanOrEqual(410)
        else expect(isById || one.limit > 0 || typeof one.filter.n !== 'undefined', what).toBe(true)
      }
    }
    // Closing counts nothing, nor does a look for tickets that wait where none does.
    for (const what of ['closing', 'looking for one that waits', "asking for another's"])
      expect(
        costs[what]?.flatMap(({ stages }) => stages),
        what,
      ).toEqual([])
    expect(shapes(costs["asking for another's"] ?? [])).toEqual(shapes(costs['asking for none'] ?? []))
  })

  it('[CC6] asks for the same of a line beside 10 tickets and beside 400', {
    timeout: 120_000,
  }, async () => {
    const [few, many] = [await lineOf(10, 10), await lineOf(400, 400)]
    const [costsOfFew, costs] = [await lineCostsOf(few), await lineCostsOf(many)]

    for (const [what, asked] of Object.entries(costs)) {
      expect(shapes(asked), what).toEqual(shapes(costsOfFew[what] ?? []))
      for (const { filter, limit, stages, command } of asked) {
        const isBounded = limit > 0 || stages.some((stage) => '$limit' in stage)
        const isById = filter._id !== undefined || filter.n !== undefined
        expect(isById || isBounded || command !== 'find', what).toBe(true)
      }
    }
  })
})
