import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { startMongoProxy } from '../../../tests/support/mongo-proxy.ts'
import { range } from '../../testing/store-cases/making.ts'
import { mongoStore } from './index.ts'

const at = '2026-11-29T12:00:00.000Z'
const later = '2026-11-29T13:00:00.000Z'

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  /** A store, and the names of the commands about a collection that it is asked for. */
  async function openWatched(collection: string) {
    const proxy = await startMongoProxy(server)
    onTestFinished(() => proxy.close())
    const names: string[] = []
    proxy.watch(({ name, document }) => {
      if (document[name] === collection) names.push(name)
    })
    const url = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
    const store = await mongoStore({ url, database: newDatabase(), deadlineMs: 30_000 })
    onTestFinished(() => store.close())
    const asked = (): string[] => names.splice(0)
    return { store, asked }
  }

  it('[RL28] writes what many people have read, and who has come, with as many commands as for one', async () => {
    const {
      store: { readers },
      asked,
    } = await openWatched('readers')
    const stream = 'room:r'
    const markOf = (nth: number) => (n: number) => ({
      ...{ user_ids: [`user-${n}`], stream, nth, seq: nth, at, is_listed: false },
    })

    for (const people of [range(1, 1), range(2, 101)]) {
      asked()
      const made = await readers.mark('acme', people.map(markOf(3)))
      expect(made.map(({ was }) => was)).toEqual(people.map(() => null))
      expect(asked()).toEqual(['find', 'insert'])

      const raised = await readers.mark('acme', people.map(markOf(7)))
      expect(raised.map(({ was, reader }) => [was, reader.user_id, reader.nth])).toEqual(
        people.map((n) => [3, `user-${n}`, 7]),
      )
      expect(asked()).toEqual(['find', 'update'])

      const coming = people.map((n) => ({ user_ids: [`user-${n}`], stream, at }))
      expect(await readers.enter('acme', coming)).toHaveLength(people.length)
      expect(asked()).toEqual(['find', 'update'])

      expect(await readers.enter('acme', coming)).toEqual([])
      expect(asked()).toEqual(['find'])
    }
    const [known] = await readers.ofStream('acme', stream, { user_ids: ['user-50'], limit: 1 })
    expect(known).toMatchObject({ nth: 7, seq: 7, is_listed: true })
  })

  it('[US29] sees many users with as many commands as one', async () => {
    const {
      store: { users },
      asked,
    } = await openWatched('users')
    for (const people of [range(1, 1), range(2, 101)]) {
      const seen = (at: string) =>
        people.map((n) => ({ user_id: `user-${n}`, name: null, picture: null, at }))
      asked()
      await users.see('acme', seen(at))
      expect(asked()).toEqual(['find', 'insert'])
      await users.see('acme', seen(later))
      expect(asked()).toEqual(['find', 'update'])
    }
    // Half of them are new.
    await users.see(
      'acme',
      range(52, 151).map((n) => ({ user_id: `user-${n}`, name: `User ${n}`, picture: null, at: later })),
    )
    expect(asked()).toEqual(['find', 'update', 'insert'])
    const rows = await users.get('acme', ['user-1', 'user-60', 'user-151'])
    expect(rows.map(({ user_id, name }) => [user_id, name])).toEqual([
      ['user-1', null],
      ['user-60', 'User 60'],
      ['user-151', 'User 151'],
    ])
  })
})
