import type { Ticket, TicketMove } from '@dowellchat/protocol'
import { MongoNetworkError } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { ask, hire, newTopic, range } from '../../testing/store-cases/making.ts'
import { DamagedRows } from '../health.ts'
import { type Store, StoreUnavailableError } from '../store.ts'
import { connect } from './connection.ts'
import { type Database, databaseOver } from './database.ts'
import { domainsOver } from './index.ts'
import type { Rows } from './rows.ts'

const deadlineMs = 30_000

type Method = (...args: never[]) => Promise<unknown>
type Fault = (call: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>
type Faults = { [name: `${string}.${keyof Rows<never>}`]: Fault }

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  /** Rejections that nobody handles stop a server. */
  const unhandled: unknown[] = []
  beforeEach(() => {
    const note = (error: unknown) => unhandled.push(error)
    unhandled.length = 0
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
  })

  /** A store, and what becomes of calls of its rows from now on. */
  async function openStore(name = newDatabase()): Promise<{ store: Store; faults: Faults }> {
    const faults: Faults = {}
    const connection = await connect({ url: server.url, database: name, deadlineMs })
    const real = databaseOver(connection, deadlineMs)
    const rows = (name: string, declaration: never): object =>
      Object.fromEntries(
        Object.entries(real.rows(name, declaration)).map(([method, call]: [string, Method]) => [
          method,
          (...args: never[]) => {
            const fault = faults[`${name}.${method as keyof Rows<never>}`]
            return fault ? fault(() => call(...args), args) : call(...args)
          },
        ]),
      )
    const database = { ...real, rows } as unknown as Database
    const { store, idle } = domainsOver(database, new DamagedRows())
    await connection.prepare((db) => real.createIndexes(db))
    onTestFinished(async () => {
      await idle()
      await connection.close()
    })
    return { store: store as unknown as Store, faults }
  }

  /** Tickets that wait, one of each topic, and somebody who is free for all. */
  async function waitingIn(store: Store, products: readonly string[]): Promise<Ticket[]> {
    for (const name of new Set(products)) await store.topics.create(newTopic(name))
    const tickets: Ticket[] = []
    for (const product of products) tickets.push(await ask(store, { product }))
    await hire(store, ['mia'])
    return tickets
  }

  const failing = (): Promise<never> => Promise.reject(new StoreUnavailableError('as planned'))
  /** Only the nth call fails, or all from there on. */
  const fromCall = (nth: number, to = nth, fault: () => Promise<unknown> = failing) => {
    let calls = 0
    return (call: () => Promise<unknown>) => {
      calls += 1
      return calls >= nth && calls <= to ? fault() : call()
    }
  }
  const mistaken = () => Promise.reject(new TypeError('a mistake'))
  const cutOff = () => Promise.reject(new MongoNetworkError('gone'))

  it('[S49] leaves no rejection to nobody where a ticket cannot be given while others are looked for', async () => {
    const { store, faults } = await openStore()
    await waitingIn(store, ['sales', 'delivery'])
    let rejected = (): void => {}
    const isRejected = new Promise<void>((resolve) => {
      rejected = resolve
    })
    let gets = 0
    faults['tickets.changeAndRead'] = async () => {
      setImmediate(rejected)
      return failing()
    }
    // The strategy of the second topic comes only once the first ticket could not be given.
    faults['topics.get'] = async (call) => {
      gets += 1
      if (gets === 2) await isRejected
      return call()
    }

    await expect(store.tickets.assignWaiting('acme')).rejects.toThrow(StoreUnavailableError)
    expect(gets).toBe(2)
    expect(unhandled).toEqual([])
  })

  it('[S49] leaves no rejection to nobody where whose turn it is cannot be read', async () => {
    const { store, faults } = await openStore()
    const [first] = await waitingIn(store, ['sales', 'delivery'])
    faults['topics.get'] = fromCall(2)
    const { tickets: given } = await store.tickets.assignWaiting('acme')
    expect(given.map(({ _id }) => _id)).toEqual([first?._id])
    expect(unhandled).toEqual([])
  })

  it.each([
    ['a second ticket cannot be given', 'tickets.changeAndRead', fromCall(2, 9)],
    // The first looks for tickets that older servers have made.
    ['the next ones cannot be read', 'tickets.find', fromCall(3, 9)],
  ] as const)('[S49] answers what it has given where %s', async (_why, name, fault) => {
    const { store, faults } = await openStore()
    const [first, second] = await waitingIn(store, ['sales', 'sales'])
    faults[name] = fault

    const { tickets: given } = await store.tickets.assignWaiting('acme')

    const all = [first?._id, second?._id]
    expect(given.map(({ _id }) => _id)).toEqual(name === 'tickets.find' ? all : [first?._id])
    expect(given[0]).toMatchObject({ state: 'assigned', line_manager: 'mia' })
    expect(unhandled).toEqual([])
  })

  it('[S49] answers what it has given where it cannot note whose turn is next, nor read how long they wait', async () => {
    const { store, faults } = await openStore()
    const tickets = await waitingIn(store, ['sales'])
    faults['line_managers.changeEach'] = fromCall(1)
    faults['line_managers.find'] = fromCall(2, 9)
    const { tickets: given } = await store.tickets.assignWaiting('acme')
    expect(given).toMatchObject([{ _id: tickets[0]?._id, line_manager: 'mia', waiting_time: null }])
  })

  it.each([failing, cutOff])(
    '[S49] answers a ticket that is made and given where it cannot note whose turn is next: %o',
    async (fault) => {
      const { store, faults } = await openStore()
      await hire(store, ['mia'])
      faults['line_managers.changeEach'] = fromCall(1, 1, fault)
      expect(await ask(store)).toMatchObject({ line_manager: 'mia' })
    },
  )

  it('[S49] lets a mistake be seen, and answers nevertheless what it has given to those who wait', async () => {
    const { store, faults } = await openStore()
    const [waiting] = await waitingIn(store, ['sales'])
    faults['line_managers.changeEach'] = fromCall(1, 2, mistaken)
    const { tickets: given } = await store.tickets.assignWaiting('acme')
    expect(given).toMatchObject([{ _id: waiting?._id, line_manager: 'mia' }])
    await expect(ask(store)).rejects.toThrow('a mistake')
  })

  it('[S49] answers what it has handed back where the rest cannot be, and fails where nothing is', async () => {
    const { store, faults } = await openStore()
    await hire(store, ['mia'])
    for (const _ of range(1, 20)) await ask(store)
    let moved = 0
    faults['tickets.changeAndRead'] = async (call) => {
      if (moved === 3) return failing()
      moved += 1
      return call()
    }
    const back = await store.tickets.handBack('acme', 'mia', { limit: 100 })
    expect(back.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting'])
    await expect(store.tickets.handBack('acme', 'mia', { limit: 100 })).rejects.toThrow(StoreUnavailableError)
    expect(unhandled).toEqual([])
  })

  /** Does what it is asked for, and loses the answers, up to the nth call. */
  const lost = (until: number) => {
    let calls = 0
    return async (call: () => Promise<unknown>) => {
      calls += 1
      const answer = await call()
      return calls <= until ? failing() : answer
    }
  }

  it('[S49] answers the next time what it has given where the answers were lost', async () => {
    const { store, faults } = await openStore()
    const tickets = await waitingIn(store, ['sales', 'sales'])
    faults['tickets.changeAndRead'] = lost(2)
    await expect(store.tickets.assignWaiting('acme')).rejects.toThrow(StoreUnavailableError)
    const { tickets: given } = await store.tickets.assignWaiting('acme')
    expect(new Set(given.map(({ _id }) => _id))).toEqual(new Set(tickets.map(({ _id }) => _id)))
    expect(given[0]).toMatchObject({ state: 'assigned', line_manager: 'mia' })
    expect((await store.tickets.assignWaiting('acme')).tickets).toEqual([])
  })

  it('[S49] answers the next time what it has handed back where the answers were lost', async () => {
    const { store, faults } = await openStore()
    await hire(store, ['mia'])
    const tickets = [await ask(store), await ask(store)]
    faults['tickets.changeAndRead'] = lost(2)
    await expect(store.tickets.handBack('acme', 'mia', { limit: 9 })).rejects.toThrow(StoreUnavailableError)
    const back = await store.tickets.handBack('acme', 'mia', { limit: 9 })
    expect(back.map(({ _id }) => _id)).toEqual(tickets.map(({ _id }) => _id))
    expect(back[0]).toMatchObject({ state: 'waiting', line_manager: null })
    expect(await store.tickets.handBack('acme', 'mia', { limit: 9 })).toEqual([])
  })

  it('[S49] takes what somebody else did in its place for nothing that it has given or handed back', async () => {
    const { store, faults } = await openStore()
    const [ticket] = await waitingIn(store, ['sales'])
    await store.topics.create(newTopic('delivery'))
    const move = (to: TicketMove) => store.tickets.move('acme', ticket?._id ?? '', to, 'root')
    faults['tickets.changeAndRead'] = fromCall(1)
    await expect(store.tickets.assignWaiting('acme')).rejects.toThrow(StoreUnavailableError)
    await move({ kind: 'assign', line_manager: 'max' })
    expect((await store.tickets.assignWaiting('acme')).tickets).toEqual([])

    faults['tickets.changeAndRead'] = fromCall(1)
    await expect(store.tickets.handBack('acme', 'max', { limit: 9 })).rejects.toThrow(StoreUnavailableError)
    await move({ kind: 'transfer', product: 'delivery' })
    expect(await store.tickets.handBack('acme', 'max', { limit: 9 })).toEqual([])
  })

  it.each([
    ['of the next ticket', [1]],
    ['beside one beyond it', [1, 2]],
  ])(
    '[S18] gives nobody more than their capacity where another server gives it away in between: a slot %s',
    async (_slot, freed) => {
      const name = newDatabase()
      const [{ store: east }, { store: west, faults }] = [await openStore(name), await openStore(name)]
      for (const topic of ['sales', 'delivery']) await east.topics.create(newTopic(topic))
      await hire(east, ['mia'], 2)
      const held = [await ask(east, { product: 'sales' }), await ask(east, { product: 'sales' })]
      await ask(east, { product: 'sales' })
      if (freed.length > 1) {
        const beyond = await ask(east, { product: 'delivery' })
        await east.tickets.move('acme', beyond._id, { kind: 'assign', line_manager: 'mia' }, 'root')
      }
      for (const at of freed) await east.tickets.close('acme', held[at - 1]?._id ?? '', 'mia')
      // West has counted what she has; before it looks for the gap, east gives her a new ticket of another topic.
      faults['tickets.find'] = async (call, [, selection]) => {
        if ((selection as { sort?: { slot?: 1 } } | undefined)?.sort?.slot === 1) {
          delete faults['tickets.find']
          await ask(east, { product: 'delivery' })
        }
        return call()
      }

      expect((await west.tickets.assignWaiting('acme')).tickets).toEqual([])

      expect(faults['tickets.find']).toBeUndefined()
      expect(await east.lineManagers.get('acme', 'mia')).toMatchObject({ ticket_count: 2 })
    },
  )
})
