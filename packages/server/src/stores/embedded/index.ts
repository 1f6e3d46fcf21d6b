import type { Store } from '../store.ts'
import { createEngine } from './engine.ts'
import { type Backend, type GroupCommit, groupCommit } from './group-commit.ts'
import { type Domain, operationKinds } from './operations.ts'
import { loadSqlite, prepareDatabase } from './sqlite.ts'
import { startWorker } from './worker-backend.ts'

/** Where the embedded store keeps its data. */
export interface EmbeddedStoreOptions {
  /** The data folder, made if it is missing; `:memory:` keeps nothing. */
  readonly path: string
}

/** Keeps everything in one file of a data folder, or in memory. Rejects with `StoreOpenError`. */
export async function embeddedStore({ path }: EmbeddedStoreOptions): Promise<Store> {
  return storeOver(path === ':memory:' ? await openInMemory() : await startWorker(path))
}

/** The store whose operations a backend runs. */
export function storeOver(backend: Backend): Store {
  const commits = groupCommit(backend)
  return {
    workspaces: proxy('workspaces', commits),
    streams: proxy('streams', commits),
    calls: proxy('calls', commits),
    topics: proxy('topics', commits),
    lineManagers: proxy('lineManagers', commits),
    tickets: proxy('tickets', commits),
    users: proxy('users', commits),
    aliases: proxy('aliases', commits),
    blocks: proxy('blocks', commits),
    keys: proxy('keys', commits),
    audit: proxy('audit', commits),
    personal: proxy('personal', commits),
    revocations: proxy('revocations', commits),
    changes: proxy('changes', commits),
    rooms: proxy('rooms', commits),
    close: () => commits.close(),
  }
}

/** Memory stalls nobody, so it needs no thread of its own. */
async function openInMemory(): Promise<Backend> {
  const connect = await loadSqlite()
  const db = connect(':memory:')
  prepareDatabase(db, ':memory:')
  const engine = createEngine(db)
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
