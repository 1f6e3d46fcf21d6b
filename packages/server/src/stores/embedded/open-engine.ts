import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import type { Report } from './damage.ts'
import { type FolderOptions, openDataFolder } from './data-folder.ts'
import { createEngine, type Engine } from './engine.ts'
import { databaseName } from './names.ts'
import { rebuildIfDue } from './rebuilding.ts'
import { type Connect, cannotOpen, type Database, restoring } from './sqlite.ts'

/** Up to this size a database is looked at as a whole when it is opened: that takes less than a second. */
const wholeBytes = 32 * 1024 * 1024

interface OpenEngine {
  readonly engine: Engine
  /** Why the database could not be rebuilt, if that was due. */
  readonly notRebuilt: string | undefined
  readonly usedUntil: number | undefined
  close(): void
}

/** Opens a data folder for a server, or `asItIs` for a command. @throws StoreOpenError */
export function openEngine(
  path: string,
  connect: Connect,
  report: Report,
  options: FolderOptions = {},
): OpenEngine {
  const folder = openDataFolder(path, connect, options)
  const file = join(resolve(path), databaseName)
  try {
    refuseDamage(folder.db, file)
    const notRebuilt = rebuildIfDue(folder.db)
    const { beforeWriting, written, usedUntil, close } = folder
    // Rebuilding has written to the log, or emptied it.
    written()
    const engine = createEngine(folder.db, { report, beforeWriting, written })
    return { engine, notRebuilt, usedUntil, close }
  } catch (error) {
    folder.close()
    throw error instanceof StoreOpenError ? error : cannotOpen(file, error)
  }
}

/** Throws where the tables are damaged, as far as a short look tells. @throws StoreOpenError */
export function refuseDamage(db: Database, file: string): void {
  const problem = statSync(file).size <= wholeBytes ? quickProblem(db) : endsProblem(db)
  if (problem === undefined) return
  throw new StoreOpenError(
    `${file} is damaged: ${problem}; dowellchat-server check says more, ${restoring} mends it`,
  )
}

function quickProblem(db: Database): string | undefined {
  const { quick_check } = db.prepare<{ quick_check: string }>('PRAGMA quick_check(1)').get() ?? {}
  // SQLite writes several lines.
  return quick_check === 'ok' ? undefined : String(quick_check).replaceAll(/\s+/g, ' ')
}

/** Reads the beginning of each table. A virtual one cannot be read like that, but the tables behind it can. */
function endsProblem(db: Database): string | undefined {
  const tables = db
    .prepare<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    )
    .all()
  for (const { name } of tables) {
    try {
      db.prepare(`SELECT * FROM "${name}" LIMIT 1`).get()
    } catch (error) {
      return `${name}: ${describeError(error)}`
    }
  }
  return undefined
}
