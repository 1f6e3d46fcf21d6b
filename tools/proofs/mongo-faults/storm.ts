import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { mongoStore } from '../../../packages/server/src/stores/mongo/index.ts'
import type { Store } from '../../../packages/server/src/stores/store.ts'
import { hire, range } from '../../../packages/server/src/testing/store-cases/making.ts'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { type MongoSet, startMongoSet } from '../../../packages/server/tests/support/mongo-set.ts'
import { numberProblems } from '../../../packages/server/tests/support/mongo-trying.ts'
import { between, pick, type Random, seeded } from '../stores/random.ts'
import { judge } from './judge.ts'
import type { Storm, StormPlan } from './plan.ts'
import { type Blown, wind } from './wind.ts'
import { type Ledger, newLedger, writeUntil } from './writers.ts'

/** Two stores on one replica set whose commands come to grief and whose primary changes, with writers on both. */
export async function storm(plan: StormPlan): Promise<Storm> {
  const server = await MongoProcess.start()
  const set = await startMongoSet(server)
  const client = await new MongoClient(server.url).connect()
  const database = `proof-${randomUUID()}`
  const open = () => mongoStore({ url: set.url, database, deadlineMs: plan.deadlineMs })
  const stores = [await open(), await open()]
  try {
    await hire(stores[0] as Store, ['mia', 'max', 'moe'])
    const blown: Blown = { troubled: 0 }
    const ledger = newLedger()
    const { elections, levelMs } = await blow(plan, set, stores, ledger, blown)
    const numbers = await numberProblems(client.db(database))
    return { ...(await judge(plan, stores, ledger, numbers)), troubled: blown.troubled, elections, levelMs }
  } finally {
    for (const store of stores) await store.close()
    await client.close()
    set.close()
    await server.remove()
  }
}

async function blow(
  { seed, seconds, writers, rooms }: StormPlan,
  set: MongoSet,
  stores: readonly Store[],
  ledger: Ledger,
  blown: Blown,
): Promise<{ elections: number; levelMs: number }> {
  const random = seeded(seed)
  let isOver = false
  const writing = stores.flatMap((store, at) =>
    range(1, writers).map((n) => writeUntil(() => isOver, store, `writer ${at}-${n}`, n % rooms, ledger)),
  )
  set.set(wind(random, blown))
  const elections = await electUntil(performance.now() + seconds * 1_000, set, random, ledger)
  set.set(undefined)
  isOver = true
  const end = performance.now()
  await Promise.all(writing)
  return { elections, levelMs: Math.round(performance.now() - end) }
}

/** Elects one of the two members again and again, at times after some seconds without a primary. */
async function electUntil(end: number, set: MongoSet, random: Random, ledger: Ledger): Promise<number> {
  let elections = 0
  while (performance.now() < end) {
    await pause(between(random, 1_000, 6_000))
    const keepsConnections = random() < 0.5
    if (random() < 0.3) {
      set.elect(undefined, { keepsConnections })
      await pause(between(random, 500, 3_000))
    }
    set.elect(pick(random, [0, 1]), { keepsConnections })
    ledger.electedAt.push(performance.now())
    elections += 1
  }
  return elections
}
