import { statSync } from 'node:fs'
import { join } from 'node:path'
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

  function missing(): Known | undefined {
    const now = performance.now()
    const isDue = isLost || now - othersAt > othersEveryMs
    if (isDue) othersAt = now
    return written.find(isGone) ?? (isDue ? others.find(isGone) : undefined)
  }

  return {
    expect() {
      const gone = missing()
      if (!gone) {
        isLost = false
        return
      }
      if (!isLost) onLost()
      isLost = true
      throw new FolderLostError(
        `${gone.path} has been deleted or replaced while the server runs; put it back, or stop the server and restore a backup`,
      )
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

function isGone({ path, dev, ino }: Known): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined || found.ino !== ino || found.dev !== dev
}
