import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../tests/support/mongo.ts'
import { troubles } from '../../tests/support/mongo-troubles.ts'
import { numberProblems, tryWrites } from '../../tests/support/mongo-trying.ts'
import { writes } from '../../tests/support/mongo-writes.ts'
import { hire, range } from '../testing/store-cases/making.ts'
import { mongoStore } from './mongo/index.ts'
import type { Store } from './store.ts'

const deadlineMs = 1_000
/** As long as a machine that is busy may take. */
const timeout = 120_000
/** `pnpm prove mongo-faults` tries all of them. */
const writesEach = 4

/** Some of the writes, others for each trouble. */
function someWrites(at: number): string[] {
  const all = Object.keys(writes)
  return range(0, writesEach - 1).map((n) => all[(at * writesEach + n) % all.length] ?? '')
}

describe.skipIf(noMongo)(`MongoDB in trouble${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  describe.each(mongoKinds)('in $kind', ({ isReplicated, start }) => {
    const database = newDatabase()
    let server: MongoServer
    let client: MongoClient
    let filler: Store
    beforeAll(async () => {
      server = await start()
      client = await new MongoClient(server.url).connect()
      filler = await mongoStore({ url: server.url, database, deadlineMs: 30_000 })
      await hire(filler, ['mia', 'max'])
    })
    afterAll(async () => {
      await filler.close()
      await client.close()
      await server.stop()
    })

    const mine = Object.entries(troubles).filter(([, { ofSets }]) => isReplicated || !ofSets)

    describe.concurrent('a write that', () => {
      it.each(mine.map(([name, { trouble }], at) => [name, trouble, at] as const))(
        '[MF1] %s is never answered falsely, and its repetition finds it once',
        { timeout },
        async (_name, trouble, at) => {
          const ground = { server, client, database, filler }
          const isOnce = at % 2 === 0
          const tried = await tryWrites(ground, { trouble, isOnce, names: someWrites(at), deadlineMs })
          expect(tried.problems).toEqual([])
          expect(tried.answered + tried.unavailable).toBe(writesEach)
          // Nobody is told of what has not reached a majority, or of what never was answered.
          if (!isOnce) expect(tried.unavailable).toBe(writesEach)
        },
      )
    })

    it('[MF1] leaves no hole in any order of rows', async () => {
      expect(await numberProblems(client.db(database))).toEqual([])
    })
  })
})
