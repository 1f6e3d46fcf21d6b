import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import { newPart, removeOldParts } from './backup-parts.ts'
import { expectDatabase, syncFolders } from './data-folder.ts'
import { folderProblem } from './folder-problem.ts'
import { giveName } from './give-name.ts'
import { integrityProblems } from './integrity.ts'
import { cannotOpen, type Database, hasNoTables, isCorruption, loadSqlite, refuseForeign } from './sqlite.ts'

/** The copy could not be written; the message says why, and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/**
 * Copies a data folder's database to a file, also while a server runs on it: the copy has everything that was
 * acknowledged when the copying began, and nothing half. Whole and on disk, or not there at all. Secrets are not in it; a
 * pepper that is given goes into a file of its own beside it.
 * @throws StoreOpenError where there is no database of ours, BackupError where the copy cannot be written, or is written and damaged
 */
export async function backUp(dataDir: string, file: string, { pepper }: Secrets = {}): Promise<void> {
  const source = expectDatabase(dataDir)
  const target = resolve(file)
  const part = newPart(dirname(target))
  claim(target, part)
  try {
    if (pepper !== undefined) keepPepper(target, part, pepper)
    await copyDatabase(source, part, { target, mending })
    const problem = await damageOf(part)
    publish(part, target, pepper !== undefined)
    // It may be all that there is.
    if (problem !== undefined)
      throw new BackupError(
        `${target} is written, but it is damaged as its source is: ${problem}; keep an older backup, and run dowellchat-server check`,
      )
  } finally {
    for (const one of [part, `${part}-journal`, pepperFileOf(part)]) rmSync(one, { force: true })
  }
}

const mending = 'stop the server, copy the whole data folder, and run dowellchat-server check'

/** What SQLite finds wrong with a copy that nobody else uses. @throws StoreOpenError where it cannot be opened */
export async function damageOf(copy: string): Promise<string | undefined> {
  const connect = await loadSqlite()
  const db = openSource(copy, () => connect(copy, { readOnly: true }))
  try {
    return integrityProblems(db, 1)[0]
  } finally {
    db.close()
  }
}

interface Secrets {
  readonly pepper?: string
}

/** Where the pepper of a copy is. */
export function pepperFileOf(copy: string): string {
  return `${copy}.pepper`
}

/** Written and synced before the copy is made, for nobody else to read. */
function keepPepper(target: string, part: string, pepper: string): void {
  const file = pepperFileOf(target)
  if (existsSync(file)) throw new BackupError(`${file} exists already: name a new file`)
  try {
    writeFileSync(pepperFileOf(part), pepper, { flag: 'wx', mode: 0o600, flush: true })
  } catch (cause) {
    throw new BackupError(`${file} cannot be written: ${folderProblem(cause, dirname(file))}`, { cause })
  }
}

/** Makes the file that is copied to, for nobody else to read: messages are in it. */
function claim(target: string, part: string): void {
  if (existsSync(target)) throw new BackupError(`${target} exists already: name a new file`)
  try {
    removeOldParts(dirname(part))
    closeSync(openSync(part, 'wx', 0o600))
  } catch (cause) {
    throw new BackupError(`${target} cannot be made: ${folderProblem(cause, dirname(target))}`, { cause })
  }
}

/**
 * Copies a database of ours as it is now.
 * @param names what is written at last, and what to do where the source is damaged
 * @throws StoreOpenError where it is none, BackupError where it cannot be copied
 */
export async function copyDatabase(
  source: string,
  draft: string,
  { target, mending }: { readonly target: string; readonly mending: string },
): Promise<void> {
  const connect = await loadSqlite()
  const db = openSource(source, () => connect(source, { readOnly: true }))
  try {
    // One statement, and so one snapshot; in write-ahead mode it holds up no writer.
    db.prepare('VACUUM INTO ?').run(draft)
  } catch (cause) {
    const problem = isCorruption(cause)
      ? `${source} is damaged: ${describeError(cause)}; ${mending}`
      : `${target} cannot be written: ${describeError(cause)}`
    throw new BackupError(problem, { cause })
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
    if (hasNoTables(db)) throw new StoreOpenError(`${source} is empty: it is no database of a server`)
    return db
  } catch (cause) {
    db?.close()
    throw cause instanceof StoreOpenError ? cause : cannotOpen(source, cause)
  }
}

/** Gives the copy its name once it is on disk, and its pepper before it. SQLite syncs no such copy itself. */
function publish(part: string, target: string, hasPepper: boolean): void {
  try {
    const descriptor = openSync(part, 'r+')
    fsyncSync(descriptor)
    closeSync(descriptor)
    if (hasPepper) giveName(pepperFileOf(part), pepperFileOf(target))
    try {
      giveName(part, target)
    } catch (error) {
      if (hasPepper) rmSync(pepperFileOf(target))
      throw error
    }
    syncFolders(dirname(target), dirname(target))
  } catch (cause) {
    throw new BackupError(`${target} cannot be written: ${describeError(cause)}`, { cause })
  }
}
