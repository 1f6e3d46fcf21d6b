import { type Database, isMachineError } from './sqlite.ts'

/** A file of this size is rebuilt in half a second, during which the store answers nothing else, and in as much memory. */
const mostBytes = 64 * 1024 * 1024

/**
 * Rebuilds the database, so that its files have nothing any more of what was deleted: at once, or at the next start where it is
 * large. SQLite overwrites what it deletes, but not the copy that stays in the unused part of a page when it has moved rows to
 * another page.
 */
export function rebuild(db: Database, most = mostBytes): void {
  const { bytes = 0 } =
    db
      .prepare<{ bytes: number }>(
        'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
      )
      .get() ?? {}
  if (bytes <= most) db.exec('VACUUM')
  else db.exec('INSERT OR IGNORE INTO rebuilds_due VALUES (1)')
}

/** Rebuilds a database for which that is due. Where the disk has no room for it, it stays due. */
export function rebuildIfDue(db: Database): void {
  if (!db.prepare('SELECT 1 FROM rebuilds_due').get()) return
  try {
    // The copy may be larger than the memory.
    db.exec('PRAGMA temp_store = FILE; VACUUM; DELETE FROM rebuilds_due')
  } catch (error) {
    if (!isMachineError(error)) throw error
  } finally {
    db.exec('PRAGMA temp_store = MEMORY')
  }
}
