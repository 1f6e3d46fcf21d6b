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
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import { type Connect, cannotOpen, type Database, prepareDatabase, sqliteCode } from './sqlite.ts'

/** A data folder's database. */
export const databaseName = 'chat.sqlite'
const lockName = 'lock'
// What may lie in a folder that is ours, or about to be: the server's pepper, and what a fresh disk comes with.
const harmless: ReadonlySet<string> = new Set([lockName, 'pepper', 'lost+found'])
const busy = 5

/** The database of a data folder, and the lock that keeps other servers out of it. */
export interface DataFolder {
  readonly db: Database
  close(): void
}

/** Opens a data folder's database; makes both where they are missing, readable by nobody else. */
export function openDataFolder(path: string, connect: Connect): DataFolder {
  const folder = resolve(path)
  makeFolder(folder)
  refuseForeignFolder(folder)
  const lock = connectTo(join(folder, lockName), connect)
  try {
    takeLock(lock, folder)
    const db = openDatabase(join(folder, databaseName), connect)
    const close = () => {
      db.close()
      lock.close()
    }
    return { db, close }
  } catch (error) {
    lock.close()
    throw error
  }
}

function openDatabase(file: string, connect: Connect): Database {
  const db = connectTo(file, connect)
  try {
    prepareDatabase(db, file)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function makeFolder(folder: string): void {
  try {
    makeMissing(folder)
    opendirSync(folder).closeSync()
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new StoreOpenError(`Data folder ${folder} cannot be used: ${folderProblem(cause)}`, { cause })
  }
}

// One by one: where the system has no folders of ours, as below /proc, mkdir with `recursive` never returns.
function makeMissing(folder: string): void {
  if (existsSync(folder)) return
  makeMissing(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
  syncFolders(folder, dirname(folder))
}

/** Why a place cannot be used, and what to do. */
export function folderProblem(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return 'there is a file in its place; remove it or name another folder'
  if (code === 'EACCES' || code === 'EPERM')
    return 'it may not be written; let the user of the server write to it'
  if (code === 'ENOENT') return 'there can be no folder in that place; name another folder'
  if (code === 'EROFS') return 'the disk is read-only; name a folder on another'
  return describeError(cause)
}

function refuseForeignFolder(folder: string): void {
  const names = readdirSync(folder)
  if (names.includes(databaseName)) return
  const foreign = names.filter((name) => !name.startsWith('.') && !harmless.has(name))
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
        : `cannot be locked: ${describeError(cause)}; move its file ${lockName} away or name another folder`
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
      throw new StoreOpenError(`${file} cannot be made: ${folderProblem(cause)}`, { cause })
    }
    refuseUnwritable(file)
  }
}

function refuseUnwritable(file: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw new StoreOpenError(`${file} may not be written; let the user of the server write to it`, { cause })
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
