import { describeError } from '../describe-error.ts'
import { olderForm } from '../older-form.ts'
import { StoreOpenError } from '../store.ts'
import { migrations } from './migrations.ts'

/** What SQLite can be given: it knows no booleans. */
export type Value = string | number | null

/** A prepared statement. `Row` is what its columns make; SQLite checks it no further. */
export interface Statement<Row> {
  run(...values: Value[]): { readonly changes: number | bigint }
  get(...values: Value[]): Row | undefined
  all(...values: Value[]): Row[]
}

/** The part of `node:sqlite`'s `DatabaseSync` that is used here. */
export interface Database {
  exec(sql: string): void
  prepare<Row = unknown>(sql: string): Statement<Row>
  close(): void
}

/** Makes a connection; the file is made where it is missing, unless it is for reading only. */
export type Connect = (path: string, options?: { readonly readOnly: boolean }) => Database

interface SqliteModule {
  readonly DatabaseSync: new (
    path: string,
    options: { enableForeignKeyConstraints: boolean; readOnly?: boolean },
  ) => Database
}

// Says in the file whose it is: 'dwct'.
const applicationId = 0x64776374

/** SQLite as Node has it built in, or on Node 20 as the optional dependency brings it. */
export async function loadSqlite(): Promise<Connect> {
  // Both have more than this interface, and type it by their own classes.
  const { DatabaseSync } = (process.getBuiltinModule('node:sqlite') ??
    (await importSqlite())) as unknown as SqliteModule
  return (path, options) => new DatabaseSync(path, { enableForeignKeyConstraints: false, ...options })
}

async function importSqlite(): Promise<unknown> {
  try {
    return await import('@photostructure/sqlite')
  } catch (cause) {
    throw new StoreOpenError(
      'There is no SQLite: run Node 22.13 or newer, or install the optional dependency @photostructure/sqlite',
      { cause },
    )
  }
}

/** Makes a connection ready: refuses what is not ours, then brings the tables up to date, or refuses them `asItIs`. */
export function prepareDatabase(db: Database, name: string, { asItIs = false } = {}): void {
  try {
    refuseForeign(db, name)
    if (asItIs) refuseOlder(db, name)
    // An administrator's backup may hold a lock for a moment.
    db.exec(
      'PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA busy_timeout = 1000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000',
    )
    migrate(db)
    const { journal_mode } = pragma(db, 'journal_mode = WAL')
    if (journal_mode !== 'wal' && journal_mode !== 'memory') {
      throw new StoreOpenError(
        `${name} is on a file system without write-ahead logging; name a folder on a local disk`,
      )
    }
  } catch (cause) {
    if (cause instanceof StoreOpenError) throw cause
    throw cannotOpen(name, cause)
  }
}

/** Ends a transaction, unless SQLite has done so by itself, as on a full disk, or none had begun. */
export function rollBack(db: Database): void {
  try {
    db.exec('ROLLBACK')
  } catch {
    // There is nothing to take back.
  }
}

/** How to get data back. */
export const restoring = 'restore a backup (dowellchat-server restore <file>)'

/** Why a file cannot be opened, and what to do. */
export function cannotOpen(file: string, cause: unknown): StoreOpenError {
  const advice = diskAdvice(cause) ?? `it is damaged: ${restoring}, or name another folder`
  return new StoreOpenError(`${file} cannot be opened: ${describeError(cause)}; ${advice}`, { cause })
}

/** What to do where it is the disk, its rights or another program; undefined where it is the file. */
export function diskAdvice(error: unknown): string | undefined {
  const code = sqliteCode(error)
  if (code === full) return 'the disk is full: free some space on it'
  if (code === ioError) return 'the disk fails or is full: look at it before you start again'
  if (code === busy) return 'another program uses it: close that first'
  if (code === cannotOpenCode || code === readOnly) return 'let the user of the server write to the folder'
  return undefined
}

/** Throws where the file is another application's, or a newer version's. */
export function refuseForeign(db: Database, name: string): void {
  const { application_id } = pragma(db, 'application_id')
  const { user_version } = pragma(db, 'user_version')
  if (application_id !== applicationId && !(application_id === 0 && hasNoTables(db))) {
    throw new StoreOpenError(`${name} belongs to another application; name another folder`)
  }
  if (Number(user_version) > migrations.length) {
    throw new StoreOpenError(
      `${name} was written by a newer version (${user_version}, this one knows ${migrations.length}); run that version`,
    )
  }
}

/** Throws where an earlier version has written the file last. */
function refuseOlder(db: Database, name: string): void {
  const version = Number(pragma(db, 'user_version').user_version)
  if (version > 0 && version < migrations.length) throw olderForm(name, version, migrations.length)
}

/** So is a file that has just been made, and one that was cut to nothing. */
export function hasNoTables(db: Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
}

/** A new file gets all of its tables in one transaction, which is faster; what an old one has got stays if the next step fails. */
function migrate(db: Database): void {
  const known = Number(pragma(db, 'user_version').user_version)
  const steps = migrations.slice(known)
  const turns = known === 0 ? [steps.join(';')] : steps
  turns.forEach((turn, index) => {
    const version = known === 0 ? migrations.length : known + index + 1
    db.exec(`BEGIN IMMEDIATE; PRAGMA application_id = ${applicationId};
      ${turn}; PRAGMA user_version = ${version}; COMMIT`)
  })
}

function pragma(db: Database, text: string): Record<string, Value> {
  return db.prepare<Record<string, Value>>(`PRAGMA ${text}`).get() ?? {}
}

// SQLite's primary result codes for what the machine, not the statement, got wrong: PERM, BUSY, LOCKED, NOMEM, READONLY,
// IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB.
const machineCodes: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 10, 11, 13, 14, 15, 26])

/** SQLite's primary result code, where the error has one. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  // On Node 20 what `all` throws has SQLite's text alone.
  if (!('errcode' in error) || typeof error.errcode !== 'number') return codesOfTexts.get(error.message)
  // The bits above these tell apart causes of the same code.
  return error.errcode & 0xff
}

const codesOfTexts: ReadonlyMap<string, number> = new Map([
  ['database is locked', 5],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database disk image is malformed', 11],
  ['database or disk is full', 13],
  ['unable to open database file', 14],
  ['file is not a database', 26],
])

const [busy, readOnly, ioError, corrupt, full, cannotOpenCode] = [5, 8, 10, 11, 13, 14]

/** Whether a part of the file is not what SQLite has written there. */
export function isCorruption(error: unknown): boolean {
  return sqliteCode(error) === corrupt
}

/** The database is no longer where it was opened. */
export class FolderLostError extends Error {
  override readonly name = 'FolderLostError'
}

/** Whether the disk or the file failed, rather than what was asked of it. */
export function isMachineError(error: unknown): boolean {
  if (error instanceof FolderLostError) return true
  const code = sqliteCode(error)
  return code !== undefined && machineCodes.has(code)
}
