import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { draft, expectWhole, range, readAll, room } from '../../testing/store-cases/making.ts'
import { withStore } from '../../testing/store-cases/store-case.ts'
import { StoreUnavailableError } from '../store.ts'
import { connect } from './connection.ts'
import { storeOver } from './index.ts'

const key = room('r')

describe.skipIf(noMongo)(`a driver that fails for good${noMongo ? `, with MongoDB: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    const [kind] = mongoKinds
    if (!kind) throw new Error('There is no kind of server')
    server = await kind.start()
  })
  afterAll(() => server.stop())

  it('[MF5] is replaced once nothing has been answered for long, and the old one is closed', async () => {
    const connection = await connect({ url: server.url, database: newDatabase(), deadlineMs: 2_000 })
    const { client } = connection
    await withStore(
      () => storeOver(connection),
      async (store) => {
        await store.streams.append(key, [draft()])
        // It knows no server from now on, whatever it is asked.
        await client.close(true)
        const second = draft()
        let refusals = 0
        for (const _ of range(1, 1_000)) {
          const isDone = await store.streams.append(key, [second]).then(
            () => true,
            (error: unknown) => {
              expect(error).toBeInstanceOf(StoreUnavailableError)
              return false
            },
          )
          if (isDone) break
          refusals += 1
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        expect(refusals).toBeGreaterThan(0)
        expect(connection.client).not.toBe(client)
        expectWhole(await readAll(store, key), 2)
      },
    )
  })

  it('[MF5] is kept while there is nothing better, and while something is answered', async () => {
    const connection = await connect({ url: server.url, database: newDatabase(), deadlineMs: 2_000 })
    const { client } = connection
    await withStore(
      () => storeOver(connection),
      async (store) => {
        for (const _ of range(1, 20)) await store.streams.append(key, [draft()])
        expect(connection.client).toBe(client)
      },
    )
    await connection.renew()
    // It was closed meanwhile, and opens nothing that nobody would close.
    expect(connection.client).toBe(client)
  })
})
