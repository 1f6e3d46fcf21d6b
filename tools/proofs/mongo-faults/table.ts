import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { mongoStore } from '../../../packages/server/src/stores/mongo/index.ts'
import { hire } from '../../../packages/server/src/testing/store-cases/making.ts'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { troubles } from '../../../packages/server/tests/support/mongo-troubles.ts'
import {
  type Ground,
  numberProblems,
  tryWrites,
} from '../../../packages/server/tests/support/mongo-trying.ts'
import { writes } from '../../../packages/server/tests/support/mongo-writes.ts'

/** What became of all writes under one kind of trouble. */
export interface TableRow {
  readonly kind: string
  readonly trouble: string
  readonly mode: 'once' | 'always'
  readonly answered: number
  readonly unavailable: number
  readonly mostMs: number
  readonly backAfterMs: number
  readonly problems: readonly string[]
}

const deadlineMs = 2_000
/** How much later than its deadline a call may end. */
const graceMs = 500

/** Every trouble, for the first write of each kind and for all of them, in a replica set and on a server alone. */
export async function tryAll(isQuick: boolean): Promise<{ rows: TableRow[]; problems: string[] }> {
  const rows: TableRow[] = []
  const problems: string[] = []
  for (const isReplicated of isQuick ? [true] : [true, false]) {
    const server = await MongoProcess.start({ isReplicated })
    const client = await new MongoClient(server.url).connect()
    const database = `proof-${randomUUID()}`
    const filler = await mongoStore({ url: server.url, database, deadlineMs: 30_000 })
    try {
      await hire(filler, ['mia', 'max'])
      rows.push(...(await tryOn({ server, client, database, filler }, isReplicated, isQuick)))
      problems.push(...(await numberProblems(client.db(database))))
    } finally {
      await filler.close()
      await client.close()
      await server.remove()
    }
  }
  return { rows, problems }
}

async function tryOn(ground: Ground, isReplicated: boolean, isQuick: boolean): Promise<TableRow[]> {
  const rows: TableRow[] = []
  const mine = Object.entries(troubles).filter(([, { ofSets }]) => isReplicated || !ofSets)
  for (const [name, { trouble }] of mine.filter((_, at) => !isQuick || at % 5 === 2)) {
    for (const mode of ['once', 'always'] as const) {
      const names = Object.keys(writes)
      const tried = await tryWrites(ground, { trouble, isOnce: mode === 'once', names, deadlineMs })
      const { answered, unavailable } = tried
      const [mostMs, backAfterMs] = [Math.round(tried.mostMs), Math.round(tried.backAfterMs)]
      const problems = tried.problems.map((problem) => `${name}, ${mode}: ${problem}`)
      if (mode === 'always' && answered > 0) problems.push(`${name}: ${answered} were answered`)
      if (mostMs > deadlineMs + graceMs) problems.push(`${name}, ${mode}: a call took ${mostMs} ms`)
      const kind = isReplicated ? 'a replica set' : 'a server alone'
      rows.push({ kind, trouble: name, mode, answered, unavailable, mostMs, backAfterMs, problems })
    }
  }
  return rows
}
