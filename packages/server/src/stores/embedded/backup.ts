import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import { databaseName, syncFolders } from './data-folder.ts'
import { folderProblem } from './folder-problem.ts'
import { cannotOpen, type Database, loadSqlite, refuseForeign } from './sqlite.ts'

/** The copy could not be written; the message says why, and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/**
 * Copies a data folder's database to a file, also while a server runs on it: the copy has everything that was
 * acknowledged when the copying began, and nothing half. Whole and on disk, or not there at all. Secrets are not in it; a
 * pepper that is given goes into a file of its own beside it.
 * @throws StoreOpenError where there is no database of ours, BackupError where the copy cannot be written
 */
export async function backUp(dataDir: string, file: string, { pepper }: Secrets = {}): Promise<void> {
  const source = join(resolve(dataDir), databaseName)
  if (!existsSync(source)) {
    throw new StoreOpenError(`${source} does not exist: set DATA_DIR to the folder of a server that has run`)
  }
  const target = resolve(file)
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}`)
  claim(target, draft)
  try {
    if (pepper !== undefined) keepPepper(pepperFileOf(target), pepper)
    await copyDatabase(source, draft, target)
    publish(draft, target)
  } catch (error) {
    if (pepper !== undefined && !existsSync(target)) rmSync(pepperFileOf(target), { force: true })
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

interface Secrets {
  readonly pepper?: string
}

/** Where the pepper of a copy is. */
export function pepperFileOf(copy: string): string {
  return `${copy}.pepper`
}

/** Written and synced before the copy has its name, for nobody else to read. */
function keepPepper(file: string, pepper: string): void {
  if (existsSync(file)) throw new BackupError(`${file} exists already: name a new file`)
  try {
    const descriptor = openSync(file, 'wx', 0o600)
    writeSync(descriptor, pepper)
    fsyncSync(descriptor)
    closeSync(descriptor)
  } catch (cause) {
    throw new BackupError(`${file} cannot be written: ${folderProblem(cause, dirname(file))}`, { cause })
  }
}

/** Makes the file that is copied to, for nobody else to read: messages are in it. */
function claim(target: string, draft: string): void {
  if (existsSync(target)) throw new BackupError(`${target} exists already: name a new file`)
  try {
    closeSync(openSync(draft, 'wx', 0o600))
  } catch (cause) {
    throw new BackupError(`${target} cannot be made: ${folderProblem(cause, dirname(target))}`, { cause })
  }
}

/** Copies a database of ours as it is now. @throws StoreOpenError where it is none, BackupError where it cannot be copied */
export async function copyDatabase(source: string, draft: string, target: string): Promise<void> {
  const connect = await loadSqlite()
  const db = openSource(source, () => connect(source, { readOnly: true }))
  try {
    // One statement, and so one snapshot; in write-ahead mode it holds up no writer.
    db.prepare('VACUUM INTO ?').run(draft)
  } catch (cause) {
    throw new BackupError(`${target} cannot be written: ${describeError(cause)}`, { cause })
  } finally {
    db.close()
  }
}

function openSource(source: string, open: () => Database): Database {
  let db: Database | undefined
  try {
    db = open()
    db.exec('PRAGMA busy_timeout = 5000')
    refuseForeign(db, source)
    return db
  } catch (cause) {
    db?.close()
    throw cause instanceof StoreOpenError ? cause : cannotOpen(source, cause)
  }
}

/** Gives the copy its name once it is on disk. SQLite syncs no such copy itself. */
function publish(draft: string, target: string): void {
  try {
    const descriptor = openSync(draft, 'r+')
    fsyncSync(descriptor)
    closeSync(descriptor)
    giveName(draft, target)
    syncFolders(dirname(target), dirname(target))
  } catch (cause) {
    throw new BackupError(`${target} cannot be written: ${describeError(cause)}`, { cause })
  }
}

// What file systems without links say: those of memory sticks, and of some shares.
const noLinks: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** A link, unlike a renaming, replaces nothing that has come there meanwhile. */
function giveName(draft: string, target: string): void {
  try {
    linkSync(draft, target)
  } catch (error) {
    if (!noLinks.has((error as NodeJS.ErrnoException).code) || existsSync(target)) throw error
    renameSync(draft, target)
  }
}
