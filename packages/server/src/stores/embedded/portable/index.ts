import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describeError } from '../../describe-error.ts'
import { collections, type Portable } from '../../portable.ts'
import { StoreOpenError } from '../../store.ts'
import { refuseDamaged } from '../damage.ts'
import { type DataFolder, databaseName, openDataFolder } from '../data-folder.ts'
import { folderPath } from '../folder-path.ts'
import { integrityProblems } from '../integrity.ts'
import { type Database, diskAdvice, isMachineError, loadSqlite, restoring, rollBack } from '../sqlite.ts'
import { columnProblems, strayRows } from './column-problems.ts'
import { streamRenaming } from './rename-stream.ts'
import { portableTables } from './tables.ts'

const batchSize = 1_000
const mostProblems = 100

/**
 * The rows of a data folder, which no server may use meanwhile; made where it is missing, unless it has to exist.
 * @throws StoreOpenError
 */
export async function embeddedPortable(
  path: string,
  { mustExist, asItIs = false }: { readonly mustExist: boolean; readonly asItIs?: boolean },
): Promise<Portable> {
  const database = join(folderPath(path), databaseName)
  if (mustExist && !existsSync(database)) {
    throw new StoreOpenError(`${database} does not exist: name the data folder of a server that has run`)
  }
  return portableOf(database, openDataFolder(path, await loadSqlite(), { asItIs }))
}

function portableOf(file: string, { db, close }: DataFolder): Portable {
  const portable = portableTables(db)
  const renameStream = streamRenaming(db)
  const workspaces = db.prepare<{ workspace_id: string }>(
    // An entry has a stream of its workspace.
    `${collections
      .filter((name) => name !== 'entries')
      .map((table) => `SELECT workspace_id FROM ${table}`)
      .join(' UNION ')} ORDER BY workspace_id`,
  )

  async function read<Result>(run: () => Result): Promise<Result> {
    try {
      return run()
    } catch (error) {
      throw problemOf(error, `${file} cannot be read`)
    }
  }

  async function write<Result>(run: () => Result): Promise<Result> {
    try {
      return inTransaction(db, run)
    } catch (error) {
      throw problemOf(error, `${file} cannot be written`)
    }
  }

  return {
    workspaces: () => read(() => workspaces.all().map(({ workspace_id }) => workspace_id)),
    count: (workspaceId, collection) => read(() => portable[collection].count(workspaceId)),
    async *read(workspaceId, collection, after, onDamaged = refuseDamaged) {
      const batches = portable[collection].after(workspaceId, after, batchSize, onDamaged)
      const all = batches[Symbol.iterator]()
      for (let next = await read(() => all.next()); !next.done; next = await read(() => all.next()))
        yield next.value
    },
    find: (workspaceId, collection, row) => read(() => portable[collection].find(workspaceId, row)),
    last: (workspaceId, collection) => read(() => portable[collection].last(workspaceId)),

    write: (workspaceId, collection, rows) =>
      write(() => {
        for (const row of rows) portable[collection].insert(workspaceId, row)
      }),

    replace: (workspaceId, collection, rows) =>
      write(() => rows.map((row) => portable[collection].replace(workspaceId, row))),
    renameStream: (...names) => write(() => renameStream(...names)),

    problems: () => ({
      files: integrityProblems(db, mostProblems),
      rows: [...columnProblems(db), ...strayRows(db)],
    }),
    close: async () => close(),
  }
}

/** What is told where the disk or the file failed; any other error stays. */
function problemOf(error: unknown, what: string): unknown {
  if (!isMachineError(error)) return error
  const advice =
    diskAdvice(error) ?? `it is damaged: dowellchat-server check says more, ${restoring} mends it`
  return new StoreOpenError(`${what}: ${describeError(error)}; ${advice}`, { cause: error })
}

function inTransaction<Result>(db: Database, run: () => Result): Result {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    db.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(db)
    throw error
  }
}
