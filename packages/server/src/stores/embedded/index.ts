import { DamagedRows } from '../health.ts'
import type { Store, StoreHealth } from '../store.ts'
import type { Report } from './damage.ts'
import { createEngine } from './engine.ts'
import { type Backend, type GroupCommit, groupCommit } from './group-commit.ts'
import { type Domain, operationKinds, probe } from './operations.ts'
import { loadSqlite, prepareDatabase } from './sqlite.ts'
import { startWorker } from './worker-backend.ts'

/** Where the embedded store keeps its data. */
export interface EmbeddedStoreOptions {
  /** The data folder, made if it is missing; `:memory:` keeps nothing. */
  readonly path: string
  /** After how many milliseconds a call that the disk has not answered rejects with `StoreUnavailableError`. Default 2,000. */
  readonly deadlineMs?: number
  /** Refuses a folder of an older version, instead of bringing it up to date, and leaves the time of its last use. */
  readonly asItIs?: boolean
}

/** Keeps everything in one file of a data folder, or in memory. Rejects with `StoreOpenError`. */
export async function embeddedStore({
  path,
  deadlineMs,
  asItIs = false,
}: EmbeddedStoreOptions): Promise<Store> {
  const damaged = new DamagedRows()
  const report: Report = (row) => damaged.add(row)
  if (path === ':memory:') return storeOver(await openInMemory(report), { deadlineMs, damaged })
  const backend = await startWorker({ path, asItIs }, report)
  const { notRebuilt, usedUntil, onEnded } = backend
  return {
    ...storeOver(backend, { deadlineMs, damaged }),
    onEnded,
    ...(usedUntil !== undefined && { usedUntil }),
    ...(notRebuilt !== undefined && { notRebuilt }),
  }
}

interface StoreOptions {
  readonly deadlineMs?: number | undefined
  readonly damaged?: DamagedRows
}

/** The store whose operations a backend runs. */
export function storeOver(
  backend: Backend,
  { deadlineMs, damaged = new DamagedRows() }: StoreOptions = {},
): Store {
  const commits = groupCommit(backend, deadlineMs)

  async function health(): Promise<StoreHealth> {
    // What was wrong may be over, and nobody has written since.
    if (commits.outcome().writes !== null) await commits.submit(probe).catch(() => undefined)
    else await commits.submit(['changes', 'head', []]).catch(() => undefined)
    const { reads, writes } = commits.outcome()
    return {
      reads: reads === null,
      writes: writes === null,
      problem: writes ?? reads,
      damaged: damaged.count,
    }
  }

  return {
    health,
    onDamaged: (listener) => damaged.listen(listener),
    workspaces: proxy('workspaces', commits),
    streams: proxy('streams', commits),
    calls: proxy('calls', commits),
    topics: proxy('topics', commits),
    lineManagers: proxy('lineManagers', commits),
    tickets: proxy('tickets', commits),
    cannedAnswers: proxy('cannedAnswers', commits),
    shareLinks: proxy('shareLinks', commits),
    users: proxy('users', commits),
    aliases: proxy('aliases', commits),
    blocks: proxy('blocks', commits),
    threads: proxy('threads', commits),
    uploads: proxy('uploads', commits),
    search: proxy('search', commits),
    reports: proxy('reports', commits),
    keys: proxy('keys', commits),
    audit: proxy('audit', commits),
    personal: proxy('personal', commits),
    revocations: proxy('revocations', commits),
    changes: proxy('changes', commits),
    rooms: proxy('rooms', commits),
    readers: proxy('readers', commits),
    deliveries: proxy('deliveries', commits),
    close: () => commits.close(),
  }
}

/** Memory stalls nobody, so it needs no thread of its own. */
async function openInMemory(report: Report): Promise<Backend> {
  const connect = await loadSqlite()
  const db = connect(':memory:')
  prepareDatabase(db, ':memory:')
  const engine = createEngine(db, { report })
  return { run: async (batch) => engine.run(batch), close: async () => db.close() }
}

/** A domain of the store whose methods submit themselves as operations. */
function proxy<D extends Domain>(domain: D, commits: GroupCommit): Store[D] {
  const methods = Object.keys(operationKinds[domain]).map((method) => [
    method,
    (...args: readonly unknown[]) => commits.submit([domain, method, args]),
  ])
  // The engine answers each operation as the method of the same name, which `operationKinds` has from `Store`.
  return Object.fromEntries(methods) as Store[D]
}
