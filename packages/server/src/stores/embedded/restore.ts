import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import { BackupError, copyDatabase, damageOf, pepperFileOf } from './backup.ts'
import { lockFolder, makeFolder, openDataFolder, refuseForeignFolder, syncFolders } from './data-folder.ts'
import { databaseName, recordName } from './names.ts'
import { refuseDamage } from './open-engine.ts'
import { clearRecord, leaveUse } from './record.ts'
import { type Connect, loadSqlite } from './sqlite.ts'

const draftName = '.restoring'

/** What `restore` has done. */
export interface Restored {
  /** The folder that what was there before is in now; undefined if nothing was. */
  readonly replaced: string | undefined
  readonly hasPepper: boolean
  /** Why no server starts on it, which may be so where it is damaged. */
  readonly problem: string | undefined
}

interface RestoreOptions {
  /** Takes also what is damaged, as far as it can be copied. */
  readonly isDamaged?: boolean
}

/**
 * Puts a backup into a data folder that no server uses. The copy is whole and on disk before anything else changes; what
 * was there is kept beside it. After a kill, run it again.
 * @throws StoreOpenError where the file is no whole database of ours, or a server runs; BackupError where it cannot be copied
 */
export async function restoreBackup(
  file: string,
  dataDir: string,
  options: RestoreOptions = {},
): Promise<Restored> {
  const folder = resolve(dataDir)
  const restored = await replaceDatabase(resolve(file), folder, options)
  const used = statSync(join(folder, recordName))
  const problem = openOnce(folder, await loadSqlite())
  leaveUse(folder, used)
  return { ...restored, problem }
}

/** Brings the tables up to date, and notes that nothing is missing; answers what a start will say, if it refuses the database. */
function openOnce(folder: string, connect: Connect): string | undefined {
  const { db, close } = openDataFolder(folder, connect)
  try {
    refuseDamage(db, join(folder, databaseName))
    return undefined
  } catch (error) {
    return describeError(error)
  } finally {
    close()
  }
}

async function replaceDatabase(
  source: string,
  folder: string,
  { isDamaged = false }: RestoreOptions,
): Promise<Omit<Restored, 'problem'>> {
  if (!existsSync(source)) throw new StoreOpenError(`${source} does not exist: name the file of a backup`)
  makeFolder(folder)
  refuseForeignFolder(folder)
  const connect = await loadSqlite()
  const lock = lockFolder(folder, connect)
  const draft = join(folder, draftName)
  try {
    removeDrafts(folder)
    closeSync(openSync(draft, 'wx', 0o600))
    await copyDatabase(source, draft, { target: join(folder, databaseName), mending: older })
    if (!isDamaged) await expectWhole(draft, source)
    sync(draft)
    const hasPepper = copyPepper(source, draft)
    const replaced = setAside(folder, hasPepper)
    // The log of which it tells has gone with its database.
    clearRecord(folder)
    // A database that is there without its pepper would get a new one at the next start.
    if (hasPepper) renameSync(pepperFileOf(draft), join(folder, 'pepper'))
    renameSync(draft, join(folder, databaseName))
    syncFolders(folder, folder)
    return { replaced, hasPepper }
  } finally {
    removeDrafts(folder)
    lock.close()
  }
}

/** Those of restores that were killed, too: nobody else has the lock. */
function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(draftName)) rmSync(join(folder, name))
}

const older = 'restore an older backup'

/** Throws unless the copy has every page as it should be. */
async function expectWhole(draft: string, source: string): Promise<void> {
  const problem = await damageOf(draft)
  if (problem !== undefined)
    throw new StoreOpenError(`${source} is damaged: ${problem}; ${older}, or add --damaged to go on with it`)
}

function sync(draft: string): void {
  const descriptor = openSync(draft, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** Moves a database away, with all that belongs to it. The record stays, so that a start in between refuses. */
function setAside(folder: string, hasPepper: boolean): string | undefined {
  closeSync(openSync(join(folder, recordName), 'a', 0o600))
  // A backup may lie here too, under a name that begins alike.
  const names = ['', '-wal', '-shm', '-journal'].map((end) => `${databaseName}${end}`).filter(isThere)
  const pepper = join(folder, 'pepper')
  if (names.length === 0 && !(hasPepper && existsSync(pepper))) return undefined
  const aside = join(folder, `replaced-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`)
  mkdirSync(aside, { mode: 0o700 })
  if (existsSync(pepper)) copyFlushed(pepper, join(aside, 'pepper'))
  for (const name of names) renameSync(join(folder, name), join(aside, name))
  syncFolders(aside, folder)
  return aside

  function isThere(name: string): boolean {
    return existsSync(join(folder, name))
  }
}

function copyPepper(source: string, draft: string): boolean {
  const file = pepperFileOf(source)
  if (!existsSync(file)) return false
  try {
    copyFlushed(file, pepperFileOf(draft))
    return true
  } catch (cause) {
    throw new BackupError(`${file} cannot be copied: ${describeError(cause)}`, { cause })
  }
}

/** The copy is on the disk before what it is of is replaced. */
function copyFlushed(pepper: string, copy: string): void {
  writeFileSync(copy, readFileSync(pepper), { mode: 0o600, flush: true })
}
