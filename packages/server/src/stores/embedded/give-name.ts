import { existsSync, linkSync, renameSync } from 'node:fs'

// What file systems without links say: those of memory sticks, and of some shares.
const noLinks: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** Gives a file its name. A link, unlike a renaming, replaces nothing that has come there meanwhile; the draft may stay. */
export function giveName(draft: string, target: string): void {
  try {
    linkSync(draft, target)
  } catch (error) {
    if (!noLinks.has((error as NodeJS.ErrnoException).code) || existsSync(target)) throw error
    renameSync(draft, target)
  }
}
