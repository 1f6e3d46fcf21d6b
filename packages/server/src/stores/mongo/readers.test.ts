import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { startMongoProxy } from '../../../tests/support/mongo-proxy.ts'
import { range } from '../../testing/store-cases/making.ts'
import { mongoStore } from './index.ts'

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  it('[RL28] writes what many people have read, and who has come, with as many commands as for one', async () => {
    const proxy = await startMongoProxy(server)
    onTestFinished(() => proxy.close())
    const asked: string[] = []
    proxy.watch(({ name, document }) => {
      if (document[name] === 'readers') asked.push(name)
    })
    const url = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
    const { readers, close } = await mongoStore({ url, database: newDatabase(), deadlineMs: 30_000 })
    onTestFinished(close)
    const stream = 'room:r'
    const at = '2026-11-29T12:00:00.000Z'
    const markOf = (nth: number) => (n: number) => ({
      ...{ user_ids: [`user-${n}`], stream, nth, seq: nth, at, is_listed: false },
    })

    for (const people of [range(1, 1), range(2, 101)]) {
      asked.length = 0
      const made = await readers.mark('acme', people.map(markOf(3)))
      expect(made.map(({ was }) => was)).toEqual(people.map(() => null))
      expect(asked).toEqual(['find', 'insert'])

      asked.length = 0
      const raised = await readers.mark('acme', people.map(markOf(7)))
      expect(raised.map(({ was, reader }) => [was, reader.user_id, reader.nth])).toEqual(
        people.map((n) => [3, `user-${n}`, 7]),
      )
      expect(asked).toEqual(['find', 'update'])

      asked.length = 0
      const coming = people.map((n) => ({ user_ids: [`user-${n}`], stream, at }))
      expect(await readers.enter('acme', coming)).toHaveLength(people.length)
      expect(asked).toEqual(['find', 'update'])

      asked.length = 0
      expect(await readers.enter('acme', coming)).toEqual([])
      expect(asked).toEqual(['find'])
    }
    const [known] = await readers.ofStream('acme', stream, { user_ids: ['user-50'], limit: 1 })
    expect(known).toMatchObject({ nth: 7, seq: 7, is_listed: true })
  })
})
