import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { collections, type Portable } from '../../portable.ts'
import { StoreOpenError } from '../../store.ts'
import { type DataFolder, databaseName, openDataFolder } from '../data-folder.ts'
import { integrityProblems } from '../integrity.ts'
import { type Database, loadSqlite } from '../sqlite.ts'
import { columnProblems, strayRows } from './column-problems.ts'
import { streamRenaming } from './rename-stream.ts'
import type { Table } from './table.ts'
import { portableTables } from './tables.ts'

const batchSize = 1_000
const mostProblems = 100

/**
 * The rows of a data folder, which no server may use meanwhile; made where it is missing, unless it has to exist.
 * @throws StoreOpenError
 */
export async function embeddedPortable(
  path: string,
  { mustExist }: { mustExist: boolean },
): Promise<Portable> {
  const database = join(resolve(path), databaseName)
  if (mustExist && !existsSync(database)) {
    throw new StoreOpenError(`${database} does not exist: name the data folder of a server that has run`)
  }
  return portableOf(openDataFolder(path, await loadSqlite()))
}

function portableOf({ db, close }: DataFolder): Portable {
  const portable = portableTables(db)
  const renameStream = streamRenaming(db)
  const workspaces = db.prepare<{ workspace_id: string }>(
    // An entry has a stream of its workspace.
    `${collections
      .filter((name) => name !== 'entries')
      .map((table) => `SELECT workspace_id FROM ${table}`)
      .join(' UNION ')} ORDER BY workspace_id`,
  )

  return {
    workspaces: async () => workspaces.all().map(({ workspace_id }) => workspace_id),
    count: async (workspaceId, collection) => portable[collection].count(workspaceId),
    read: (workspaceId, collection, after) => batches(portable[collection], workspaceId, after),
    find: async (workspaceId, collection, row) => portable[collection].find(workspaceId, row),
    last: async (workspaceId, collection) => portable[collection].last(workspaceId),

    write: async (workspaceId, collection, rows) =>
      inTransaction(db, () => {
        for (const row of rows) portable[collection].insert(workspaceId, row)
      }),

    replace: async (workspaceId, collection, rows) =>
      inTransaction(db, () => rows.map((row) => portable[collection].replace(workspaceId, row))),
    renameStream: async (...names) => inTransaction(db, () => renameStream(...names)),

    problems: () => [...integrityProblems(db, mostProblems), ...columnProblems(db), ...strayRows(db)],
    close: async () => close(),
  }
}

function inTransaction<Result>(db: Database, run: () => Result): Result {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

async function* batches<Row>(
  table: Table<Row>,
  workspaceId: string,
  after: Row | null,
): AsyncGenerator<Row[]> {
  for (let last = after; ; ) {
    const rows = table.after(workspaceId, last, batchSize)
    if (rows.length > 0) yield rows
    if (rows.length < batchSize) return
    last = rows.at(-1) ?? null
  }
}
