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
import { StoreOpenError } from '../store.ts'
import { copyDatabase, pepperFileOf } from './backup.ts'
import { lockFolder, makeFolder, openDataFolder, refuseForeignFolder, syncFolders } from './data-folder.ts'
import { integrityProblems } from './integrity.ts'
import { databaseName, recordName } from './names.ts'
import { cannotOpen, loadSqlite } from './sqlite.ts'

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
  const draft = join(folder, `.restoring.${process.pid}`)
  try {
    makeDraft(draft)
    await copyDatabase(source, draft, join(folder, databaseName))
    await expectWhole(draft, source)
    const replaced = setAside(folder)
    renameSync(draft, join(folder, databaseName))
    const hasPepper = restorePepper(source, folder)
    syncFolders(folder, folder)
    return { replaced, hasPepper }
  } finally {
    rmSync(draft, { force: true })
    lock.close()
  }
}

function makeDraft(draft: string): void {
  rmSync(draft, { force: true })
  closeSync(openSync(draft, 'wx', 0o600))
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
  const names = readdirSync(folder).filter((name) => name.startsWith(databaseName))
  if (names.length === 0) return undefined
  const aside = join(folder, `replaced-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`)
  mkdirSync(aside, { mode: 0o700 })
  const pepper = join(folder, 'pepper')
  if (existsSync(pepper)) writeFileSync(join(aside, 'pepper'), readFileSync(pepper), { mode: 0o600 })
  for (const name of names) renameSync(join(folder, name), join(aside, name))
  syncFolders(aside, folder)
  return aside
}

function restorePepper(source: string, folder: string): boolean {
  if (!existsSync(pepperFileOf(source))) return false
  const draft = join(folder, `pepper.${process.pid}`)
  writeFileSync(draft, readFileSync(pepperFileOf(source)), { mode: 0o600, flush: true })
  renameSync(draft, join(folder, 'pepper'))
  return true
}
