import { statSync } from 'node:fs'
import { join } from 'node:path'
import { folderProblem } from './folder-problem.ts'
import { databaseName, lockName } from './names.ts'
import { FolderLostError } from './sqlite.ts'

/** Looks whether the files of a data folder are still those that are open: a disk takes writes into deleted files too. */
export interface FolderPlace {
  /** @throws FolderLostError */
  expect(): void
}

interface Known {
  readonly name: string
  readonly path: string
  readonly dev: number
  readonly ino: number
}

/** How often the files are looked at that no write goes into. */
const othersEveryMs = 1_000

/** @param onLost runs once the files are no longer there, before that is thrown */
export function folderPlace(folder: string, onLost: () => void): FolderPlace {
  const written = known(folder, [databaseName, `${databaseName}-wal`])
  const others = known(folder, [`${databaseName}-shm`, lockName])
  let othersAt = performance.now()
  let isLost = false

  function problem(): string | undefined {
    const now = performance.now()
    const isDue = isLost || now - othersAt > othersEveryMs
    if (isDue) othersAt = now
    return firstProblem(written) ?? (isDue ? firstProblem(others) : undefined)
  }

  return {
    expect() {
      const found = problem()
      if (found === undefined) {
        isLost = false
        return
      }
      if (!isLost) onLost()
      isLost = true
      throw new FolderLostError(found)
    },
  }
}

function known(folder: string, names: readonly string[]): Known[] {
  return names.flatMap((name) => {
    const path = join(folder, name)
    const found = statSync(path, { throwIfNoEntry: false })
    return found ? [{ name, path, dev: found.dev, ino: found.ino }] : []
  })
}

function firstProblem(files: readonly Known[]): string | undefined {
  for (const file of files) {
    const problem = problemOf(file)
    if (problem !== undefined) return problem
  }
  return undefined
}

function problemOf({ path, dev, ino }: Known): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.ino === ino && found.dev === dev) return undefined
    return `${path} has been deleted or replaced while the server runs; put it back, or stop the server and restore a backup`
  } catch (cause) {
    return `${path} cannot be looked at while the server runs: ${folderProblem(cause, path)}`
  }
}
