import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../errors.ts'
import { folderProblem } from '../stores/embedded/folder-problem.ts'
import { giveName } from '../stores/embedded/give-name.ts'

const shortest = 16

/**
 * Reads the secret used to hash keys from the data folder, or generates it there.
 * @throws StartError if the file cannot be read or made, or is incomplete
 */
export function pepperOf(dataDir: string): string {
  if (dataDir === ':memory:') return newPepper()
  const file = pepperFile(dataDir)
  try {
    const pepper = read(file) ?? generate(file)
    if (pepper.length >= shortest) return pepper
  } catch (cause) {
    // Without it, keys and guests that it has made are unknown: nothing here advises to remove it.
    throw new StartError(`${file} cannot be used: ${folderProblem(cause, file)}`, { cause })
  }
  throw new StartError(`${file} is incomplete: remove it to generate a new one, or set KEY_PEPPER`)
}

/** The secret in a data folder; undefined if it has none. @throws StartError if it cannot be read */
export function storedPepper(dataDir: string): string | undefined {
  const file = pepperFile(dataDir)
  try {
    return read(file)
  } catch (cause) {
    throw new StartError(`${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

/** Where a data folder has its secret. */
export function pepperFile(dataDir: string): string {
  return join(dataDir, 'pepper')
}

/** A secret that nobody could guess. */
export function newPepper(): string {
  return randomBytes(32).toString('hex')
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Survives a power failure: the file is written and synced under a temporary name before it gets its own. */
function generate(file: string): string {
  const pepper = newPepper()
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, pepper, { mode: 0o600, flush: true })
    giveName(draft, file)
    return pepper
  } finally {
    rmSync(draft, { force: true })
  }
}
