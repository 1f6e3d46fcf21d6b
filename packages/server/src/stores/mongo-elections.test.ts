import { setTimeout as pause } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../tests/support/mongo.ts'
import { type MongoSet, startMongoSet } from '../../tests/support/mongo-set.ts'
import { draft, drafts, expectWhole, placedOf, range, readAll, room } from '../testing/store-cases/making.ts'
import { withStore } from '../testing/store-cases/store-case.ts'
import { mongoStore } from './mongo/index.ts'
import { type Store, StoreUnavailableError } from './store.ts'

const timeout = 120_000
const deadlineMs = 1_000
const key = room('r')
const sets = mongoKinds.filter(({ isReplicated }) => isReplicated)

/** Repeats an append, as a client does, until the store can take it. */
async function append(store: Store, all: ReturnType<typeof drafts>): Promise<number[]> {
  for (const _ of range(1, 40)) {
    try {
      const { appended } = await store.streams.append(key, all)
      return appended.map((one) => placedOf(one).placed.seq)
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
    }
  }
  throw new Error('The store did not become available again')
}

describe.skipIf(noMongo)(`elections${noMongo ? `, which need MongoDB: ${noMongo}` : ''}`, () => {
  describe.each(sets)('in $kind', ({ start }) => {
    let server: MongoServer
    let client: MongoClient
    beforeAll(async () => {
      server = await start()
      client = await new MongoClient(server.url).connect()
    }, timeout)
    afterAll(async () => {
      await client.close()
      await server.stop()
    })

    async function withSet(
      run: (store: Store, set: MongoSet, database: string) => Promise<void>,
      isPolled = false,
    ): Promise<void> {
      const set = await startMongoSet(server, { isPolled })
      const database = newDatabase()
      try {
        await withStore(
          () => mongoStore({ url: set.url, database, deadlineMs }),
          (store) => run(store, set, database),
        )
      } finally {
        set.close()
      }
    }

    it.each([
      ['is killed', false],
      ['steps down', true],
    ])('[MF3] goes on at the next primary where one %s', { timeout }, async (_what, keepsConnections) => {
      await withSet(async (store, set) => {
        await append(store, drafts(2))
        set.elect(1, { keepsConnections })
        expect(await append(store, drafts(2))).toEqual([3, 4])
        set.elect(0, { keepsConnections })
        expect(await append(store, drafts(2))).toEqual([5, 6])
        expectWhole(await readAll(store, key), 6)
      })
    })

    it('[MF3] refuses writes as unavailable while there is no primary, and goes on when there is one', {
      timeout,
    }, async () => {
      await withSet(async (store, set) => {
        await append(store, drafts(2))
        set.elect(undefined, { keepsConnections: true })
        const waiting = drafts(2)
        await expect(store.streams.append(key, waiting)).rejects.toThrow(StoreUnavailableError)
        await expect(store.topics.list('acme')).rejects.toThrow(StoreUnavailableError)
        set.elect(1)
        expect(await append(store, waiting)).toEqual([3, 4])
        expectWhole(await readAll(store, key), 4)
      })
    })

    it.each([
      ['replicated', false],
      ['rolled back', true],
    ])(
      '[MF4] appends a batch once where another is the primary after its first half, which is %s',
      {
        timeout,
      },
      async (_what, isRolledBack) => {
        await withSet(async (store, set, database) => {
          await append(store, drafts(2))
          const batch = drafts(6)
          let isOver = false
          set.set(({ name, document }) => {
            if (isOver || name !== 'insert' || document.insert !== 'entries') return undefined
            isOver = true
            return {
              firstDocuments: 3,
              after() {
                // With a rollback nobody is primary before the rows are gone.
                set.elect(isRolledBack ? undefined : 1)
              },
            }
          })
          const appending = append(store, batch)
          if (isRolledBack) {
            const entries = client.db(database).collection('entries')
            while ((await entries.deleteMany({ seq: { $gt: 2 } })).deletedCount === 0) await pause(10)
            set.elect(1)
          }
          expect(await appending).toEqual([3, 4, 5, 6, 7, 8])
          const all = await readAll(store, key)
          expectWhole(all, 8)
          expect(all.slice(2).map(({ cid }) => cid)).toEqual(batch.map(({ cid }) => cid))
        })
      },
    )

    it('[MF4] appends a batch once where the server says that it did its first half', {
      timeout,
    }, async () => {
      await withSet(async (store, set) => {
        await append(store, drafts(2))
        let isOver = false
        set.set(({ name, document }) => {
          if (isOver || name !== 'insert' || document.insert !== 'entries') return undefined
          isOver = true
          return { firstDocuments: 3, says: true }
        })
        expect(await append(store, drafts(6))).toEqual([3, 4, 5, 6, 7, 8])
        expectWhole(await readAll(store, key), 8)
      })
    })

    it.each([
      ['tell of themselves', false],
      ['are asked again and again', true],
    ])(
      '[MF4] keeps the order of two writers whose primary changes often, where servers %s',
      { timeout },
      async (_what, isPolled) => {
        await withSet(async (store, set, database) => {
          await withStore(
            () => mongoStore({ url: set.url, database, deadlineMs }),
            async (other) => {
              const acknowledged: string[] = []
              let isOver = false
              const writing = [store, other, store, other].map(async (writer, at) => {
                while (!isOver) {
                  const one = draft({ author: `author ${at}` })
                  await append(writer, [one])
                  acknowledged.push(one.cid)
                }
              })
              for (const turn of range(1, 4)) {
                await pause(300)
                set.elect(turn % 2, { keepsConnections: turn % 3 === 0 })
              }
              await pause(300)
              isOver = true
              await Promise.all(writing)
              const all = await readAll(store, key)
              expectWhole(all, acknowledged.length)
              expect(new Set(all.map(({ cid }) => cid))).toEqual(new Set(acknowledged))
              expect(await readAll(other, key)).toEqual(all)
            },
          )
        }, isPolled)
      },
    )
  })
})
