import type { Db, MongoClient } from 'mongodb'
import { mongoStore } from '../../src/stores/mongo/index.ts'
import { type Store, StoreUnavailableError } from '../../src/stores/store.ts'
import type { MongoServer } from './mongo.ts'
import { type Rule, startMongoProxy, type Trouble } from './mongo-proxy.ts'
import { type Write, writes } from './mongo-writes.ts'

/** A database that is in no trouble itself, and a store on it. */
export interface Ground {
  readonly server: Pick<MongoServer, 'host' | 'port'>
  readonly client: MongoClient
  readonly database: string
  readonly filler: Store
}

/** What to do to which writes. */
export interface Trial {
  readonly trouble: Trouble
  /** Only the first write of each kind to each collection is in trouble. */
  readonly isOnce: boolean
  /** Names of `writes`. */
  readonly names: readonly string[]
  readonly deadlineMs: number
}

/** How writes ended under trouble, and what was wrong. */
export interface Tried {
  readonly answered: number
  readonly unavailable: number
  readonly mostMs: number
  /** After how long the last of them was answered at the latest, when the trouble was over. */
  readonly backAfterMs: number
  readonly problems: readonly string[]
}

/** How much later than its deadline a call may end on a busy machine. */
const graceMs = 5_000
const mostTries = 40

const isWrite = (name: string): boolean => ['insert', 'update', 'delete', 'findAndModify'].includes(name)

function ruleOf({ trouble, isOnce }: Trial): Rule {
  const seen = new Set<string>()
  return ({ name, document }) => {
    const kind = `${name} ${document[name]}`
    if (!isWrite(name) || (isOnce && seen.has(kind))) return undefined
    seen.add(kind)
    return trouble
  }
}

/** Writes under trouble, and then again without: nobody is answered falsely, everything is stored once. */
export async function tryWrites(ground: Ground, trial: Trial): Promise<Tried> {
  const { server, client, database, filler } = ground
  const proxy = await startMongoProxy(server)
  const url = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
  const store = await mongoStore({ url, database, deadlineMs: trial.deadlineMs })
  try {
    const all: Named[] = []
    for (const name of trial.names) all.push({ name, write: await prepared(name, store, filler) })
    const db = client.db(database)
    proxy.set(ruleOf(trial))
    const ended = await Promise.all(all.map((one) => tryOne(one, db, trial.deadlineMs)))
    proxy.set(undefined)
    const start = performance.now()
    const after = await Promise.all(all.map((one) => repeat(one, db, trial.deadlineMs)))
    return {
      answered: ended.filter(({ outcome }) => outcome === 'answered').length,
      unavailable: ended.filter(({ outcome }) => outcome === 'unavailable').length,
      mostMs: Math.max(...ended.map(({ ms }) => ms)),
      backAfterMs: performance.now() - start,
      problems: [...ended, ...after].flatMap(({ problems }) => problems),
    }
  } finally {
    await store.close()
    proxy.close()
  }
}

interface Named {
  readonly name: string
  readonly write: Write
}

function prepared(name: string, store: Store, filler: Store): Promise<Write> {
  const prepare = writes[name]
  if (!prepare) throw new Error(`There is no write ${name}`)
  return prepare(store, filler)
}

interface Ended {
  readonly outcome: string
  readonly ms: number
  readonly problems: readonly string[]
}

/** Writes once. What is answered must be stored, whole; what is refused may be, in part. */
async function tryOne({ name, write }: Named, db: Db, deadlineMs: number): Promise<Ended> {
  const start = performance.now()
  const outcome = await write.run().then(
    () => 'answered',
    (error: unknown) => (error instanceof StoreUnavailableError ? 'unavailable' : String(error)),
  )
  const ms = performance.now() - start
  const count = await write.count(db)
  const problems: string[] = []
  if (!['answered', 'unavailable'].includes(outcome)) problems.push(`${name} ended with ${outcome}`)
  if (outcome === 'answered' && count !== write.whole)
    problems.push(`${name} was answered, with ${count} of ${write.whole} stored`)
  if (count > write.whole) problems.push(`${name} is stored ${count} times, not ${write.whole}`)
  if (ms > deadlineMs + graceMs) problems.push(`${name} ended after ${Math.round(ms)} ms`)
  return { outcome, ms, problems }
}

/** Repeats a write, as a client does, until it is answered. */
async function repeat(named: Named, db: Db, deadlineMs: number): Promise<Ended> {
  for (let tries = 1; ; tries++) {
    const ended = await tryOne(named, db, deadlineMs)
    if (ended.outcome !== 'unavailable' || tries >= mostTries) return ended
  }
}

/** What is wrong with the numbers of a database's rows, which have no holes. */
export async function numberProblems(db: Db): Promise<string[]> {
  const problems: string[] = []
  const check = async (collection: string, group: string, field: string) => {
    const found = await db
      .collection(collection)
      .aggregate<{ _id: string; rows: number; most: number; all: number[] }>([
        {
          $group: {
            _id: `$${group}`,
            rows: { $sum: 1 },
            most: { $max: `$${field}` },
            all: { $addToSet: `$${field}` },
          },
        },
      ])
      .toArray()
    for (const { _id, rows, most, all } of found) {
      if (rows === most && all.length === rows) continue
      problems.push(`${collection} of ${_id}: ${rows} rows, the last is ${most}, ${all.length} numbers`)
    }
  }
  await check('entries', 'stream', 'seq')
  for (const collection of ['tickets', 'rooms', 'topics', 'line_managers', 'keys'])
    await check(collection, 'workspace_id', 'n')
  await check('changes', 'workspace_id', 'seq')
  return problems
}
