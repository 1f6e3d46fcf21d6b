import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  opendirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import { folderPath } from './folder-path.ts'
import { folderProblem } from './folder-problem.ts'
import { databaseName, lockName, recordName } from './names.ts'
import { type FolderPlace, folderPlace } from './place.ts'
import { hasRecord, keepRecord, leaveUse, lossSince, type Record, usesWal } from './record.ts'
import {
  type Connect,
  cannotOpen,
  type Database,
  diskAdvice,
  hasNoTables,
  prepareDatabase,
  restoring,
  sqliteCode,
} from './sqlite.ts'

export { databaseName } from './names.ts'

// What may lie in a folder that is ours, or about to be: the server's pepper, a demo's files, and what a fresh disk comes with.
const harmless: ReadonlySet<string> = new Set([
  lockName,
  `${lockName}-journal`,
  recordName,
  'pepper',
  'files',
  'lost+found',
])
const busy = 5
const writtenNames = [recordName, `${lockName}-journal`, `${databaseName}-wal`, `${databaseName}-shm`]

/** The database of a data folder, and the lock that keeps other servers out of it. */
export interface DataFolder {
  readonly db: Database
  /** As `Record` has it. */
  readonly usedUntil: number | undefined
  /** @throws FolderLostError where the files are no longer those that are open, before more is written */
  beforeWriting(): void
  /** Call it after each commit. @throws FolderLostError where the commit went into files that nobody will open again */
  written(): void
  close(): void
}

/** How a command uses what is a server's. */
export interface FolderOptions {
  /** Leaves the folder its form and the time of its last use: a database of an older version is refused, instead of brought up to date. */
  readonly asItIs?: boolean
}

/** Opens a data folder's database; makes both where they are missing, readable by nobody else. */
export function openDataFolder(path: string, connect: Connect, options: FolderOptions = {}): DataFolder {
  const folder = folderPath(path)
  makeFolder(folder)
  refuseForeignFolder(folder)
  for (const name of writtenNames) refuseUnwritableIfThere(join(folder, name))
  const lock = lockFolder(folder, connect)
  try {
    const hadData = refuseLoss(folder)
    const db = openDatabase(join(folder, databaseName), connect, hadData, options)
    return opened(folder, db, lock, options)
  } catch (error) {
    lock.close()
    throw error
  }
}

/** Where a folder has its database. @throws StoreOpenError where it has none */
export function expectDatabase(path: string): string {
  const file = join(folderPath(path), databaseName)
  if (existsSync(file)) return file
  throw new StoreOpenError(`${file} does not exist: set DATA_DIR to the folder of a server that has run`)
}

/** Keeps servers out of a folder until it is closed. */
export function lockFolder(folder: string, connect: Connect): Database {
  const lock = connectTo(join(folder, lockName), connect)
  try {
    takeLock(lock, folder)
    return lock
  } catch (error) {
    lock.close()
    throw error
  }
}

function opened(folder: string, db: Database, lock: Database, { asItIs = false }: FolderOptions): DataFolder {
  // SQLite makes the log and its index when the database is first read.
  db.prepare('SELECT 1 FROM sqlite_schema').get()
  const used = statSync(join(folder, recordName), { throwIfNoEntry: false })
  const record = recordOf(folder, db)
  const place: FolderPlace = folderPlace(folder, () => saveLog(db))
  let isLost = false

  function expectPlace(): void {
    isLost = true
    place.expect()
    isLost = false
  }

  return {
    db,
    usedUntil: record.usedUntil,
    beforeWriting() {
      if (isLost) expectPlace()
    },
    written() {
      expectPlace()
      record.written()
    },
    close() {
      // The driver may close the files later than this, so the log is emptied before.
      if (!isLost) saveLog(db, 'TRUNCATE')
      db.close()
      if (!isLost) record.close()
      if (!isLost && asItIs && used) leaveUse(folder, used)
      lock.close()
    },
  }
}

function recordOf(folder: string, db: Database): Record {
  const file = join(folder, recordName)
  try {
    return keepRecord(folder)
  } catch (cause) {
    db.close()
    throw new StoreOpenError(`${file} cannot be written: ${folderProblem(cause, file)}`, { cause })
  }
}

/** Moves the log into the database, which may still be where it was. */
function saveLog(db: Database, how: 'PASSIVE' | 'TRUNCATE' = 'PASSIVE'): void {
  try {
    db.exec(`PRAGMA wal_checkpoint(${how})`)
  } catch {
    // There is nothing left to save it to.
  }
}

/** Throws where a folder has lost data since it was last used, as far as its files can tell; answers whether it had any. */
function refuseLoss(folder: string): boolean {
  const file = join(folder, databaseName)
  const size = statSync(file, { throwIfNoEntry: false })?.size
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
  const hadData = hasRecord(folder) || log > 0 || (size !== undefined && existsSync(join(folder, 'pepper')))
  if (!size) {
    if (hadData) throw isEmpty(file, size === undefined ? 'is missing' : 'is empty')
    return false
  }
  const loss = lossSince(folder)
  const isUnused = log > 0 && !usesWal(file)
  if (loss === undefined && !isUnused) return hadData
  const problem = `${file}-wal is not what was written to it: ${loss ?? 'the database says that it has none'}`
  const goOn = isUnused ? '' : `. To go on with what is left, remove ${join(folder, recordName)}`
  throw new StoreOpenError(
    `${problem}. What was acknowledged last is gone: put the file back or ${restoring}${goOn}`,
  )
}

function isEmpty(file: string, problem: string): StoreOpenError {
  return new StoreOpenError(
    `${file} ${problem}, though a server has kept data here: ${restoring}, or name an empty folder to begin anew`,
  )
}

function openDatabase(file: string, connect: Connect, hadData: boolean, options: FolderOptions): Database {
  const db = connectTo(file, connect)
  try {
    if (hadData && isFoundEmpty(db)) throw isEmpty(file, 'is empty')
    prepareDatabase(db, file, options)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** False also where nothing can be read. */
function isFoundEmpty(db: Database): boolean {
  try {
    return hasNoTables(db)
  } catch {
    return false
  }
}

/** Makes a data folder where it is missing. @throws StoreOpenError */
export function makeFolder(folder: string): void {
  try {
    makeMissing(folder)
    opendirSync(folder).closeSync()
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new StoreOpenError(`Data folder ${folder} cannot be used: ${folderProblem(cause, folder)}`, {
      cause,
    })
  }
}

// One by one: where the system has no folders of ours, as below /proc, mkdir with `recursive` never returns.
function makeMissing(folder: string): void {
  if (existsSync(folder)) return
  makeMissing(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
  syncFolders(folder, dirname(folder))
}

/** @throws StoreOpenError where a folder has files of others */
export function refuseForeignFolder(folder: string): void {
  const names = readdirSync(folder)
  // A server has been here, and its database is lost.
  if (names.includes(databaseName) || names.includes(recordName)) return
  const foreign = names.filter(
    (name) => !/^(\.|replaced-)/.test(name) && !name.startsWith(databaseName) && !harmless.has(name),
  )
  if (foreign.length === 0) return
  const some = foreign.slice(0, 3).join(', ')
  throw new StoreOpenError(
    `Data folder ${folder} has no ${databaseName} but other files (${some}); name an empty folder`,
  )
}

/** Takes a lock that the operating system drops with the process, however it ends. */
function takeLock(lock: Database, folder: string): void {
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    const problem =
      sqliteCode(cause) === busy
        ? 'is in use by another server; stop it or name another folder'
        : `cannot be locked: ${describeError(cause)}; ${diskAdvice(cause) ?? `move its file ${lockName} away or name another folder`}`
    throw new StoreOpenError(`Data folder ${folder} ${problem}`, { cause })
  }
}

function connectTo(file: string, connect: Connect): Database {
  makeFile(file)
  try {
    return connect(file)
  } catch (cause) {
    throw cannotOpen(file, cause)
  }
}

function makeFile(file: string): void {
  try {
    // `wx` opens nothing that exists: closing it again would drop the locks that this process has on it.
    closeSync(openSync(file, 'wx', 0o600))
    syncFolders(dirname(file), dirname(file))
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) {
      throw new StoreOpenError(`${file} cannot be made: ${folderProblem(cause, dirname(file))}`, { cause })
    }
    refuseUnwritable(file)
  }
}

function refuseUnwritableIfThere(file: string): void {
  if (existsSync(file)) refuseUnwritable(file)
}

/** SQLite finds out later, and does not say which file it was. */
function refuseUnwritable(file: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw new StoreOpenError(`${file} cannot be used: ${folderProblem(cause, file)}`, { cause })
  }
}

/** Makes new names durable: those in a folder, in its parent, and so on up to those in an ancestor. */
export function syncFolders(folder: string, ancestor: string): void {
  // Windows opens no folders.
  if (process.platform === 'win32') return
  for (let path = folder; ; path = dirname(path)) {
    const descriptor = openSync(path, 'r')
    fsyncSync(descriptor)
    closeSync(descriptor)
    if (path === ancestor) return
  }
}
