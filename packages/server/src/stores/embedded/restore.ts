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
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import { BackupError, copyDatabase, pepperFileOf } from './backup.ts'
import { lockFolder, makeFolder, openDataFolder, refuseForeignFolder, syncFolders } from './data-folder.ts'
import { integrityProblems } from './integrity.ts'
import { databaseName, recordName } from './names.ts'
import { cannotOpen, loadSqlite } from './sqlite.ts'

const draftName = '.restoring'

/** What `restore` has done. */
export interface Restored {
  /** The folder that what was there before is in now; undefined if nothing was. */
  readonly replaced: string | undefined
  readonly hasPepper: boolean
}

/**
 * Puts a backup into a data folder that no server uses. The copy is whole and on disk before anything else changes; what
 * was there is kept beside it. After a kill, run it again.
 * @throws StoreOpenError where the file is no whole database of ours, or a server runs; BackupError where it cannot be copied
 */
export async function restoreBackup(file: string, dataDir: string): Promise<Restored> {
  const restored = await replaceDatabase(resolve(file), resolve(dataDir))
  // Brings the tables up to date, and notes that nothing is missing.
  openDataFolder(dataDir, await loadSqlite()).close()
  return restored
}

async function replaceDatabase(source: string, folder: string): Promise<Restored> {
  if (!existsSync(source)) throw new StoreOpenError(`${source} does not exist: name the file of a backup`)
  makeFolder(folder)
  refuseForeignFolder(folder)
  const connect = await loadSqlite()
  const lock = lockFolder(folder, connect)
  const draft = join(folder, draftName)
  try {
    removeDrafts(folder)
    closeSync(openSync(draft, 'wx', 0o600))
    await copyDatabase(source, draft, join(folder, databaseName))
    await expectWhole(draft, source)
    const hasPepper = copyPepper(source, draft)
    const replaced = setAside(folder)
    renameSync(draft, join(folder, databaseName))
    if (hasPepper) renameSync(pepperFileOf(draft), join(folder, 'pepper'))
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

/** Throws unless the copy has every page as it should be; then it is on disk. */
async function expectWhole(draft: string, source: string): Promise<void> {
  const connect = await loadSqlite()
  const db = connect(draft, { readOnly: true })
  try {
    const [problem] = integrityProblems(db, 1)
    if (problem !== undefined)
      throw new StoreOpenError(`${source} is damaged: ${problem}; restore an older backup`)
  } catch (cause) {
    throw cause instanceof StoreOpenError ? cause : cannotOpen(source, cause)
  } finally {
    db.close()
  }
  const descriptor = openSync(draft, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** Moves a database away, with all that belongs to it. The record stays, so that a start in between refuses. */
function setAside(folder: string): string | undefined {
  closeSync(openSync(join(folder, recordName), 'a', 0o600))
  // A backup may lie here too, under a name that begins alike.
  const names = ['', '-wal', '-shm', '-journal'].map((end) => `${databaseName}${end}`).filter(isThere)
  if (names.length === 0) return undefined
  const aside = join(folder, `replaced-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`)
  mkdirSync(aside, { mode: 0o700 })
  const pepper = join(folder, 'pepper')
  if (existsSync(pepper)) writeFileSync(join(aside, 'pepper'), readFileSync(pepper), { mode: 0o600 })
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
    writeFileSync(pepperFileOf(draft), readFileSync(file), { mode: 0o600, flush: true })
    return true
  } catch (cause) {
    throw new BackupError(`${file} cannot be copied: ${describeError(cause)}`, { cause })
  }
}
