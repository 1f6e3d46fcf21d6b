import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

// The journal and the pepper of a copy begin with its name.
const partName = /^\.dowellchat-backup-(\d+)-[0-9a-f]+/

/**
 * The name that a copy has in a folder until it is whole. No other backup has it, so that one whose part another container
 * has removed, which does not see that its process lives, can only fail.
 */
export function newPart(folder: string): string {
  return join(folder, `.dowellchat-backup-${process.pid}-${randomBytes(4).toString('hex')}`)
}

/** Removes what backups that were killed have left in a folder. */
export function removeOldParts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = partName.exec(name) ?? []
    if (pid !== undefined && !runsElsewhere(Number(pid))) remove(join(folder, name))
  }
}

function remove(file: string): void {
  try {
    rmSync(file)
  } catch {
    // It is another user's, or another backup has removed it just now.
  }
}

function runsElsewhere(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
