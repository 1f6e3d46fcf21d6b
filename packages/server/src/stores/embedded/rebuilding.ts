import { describeError } from '../describe-error.ts'
import { type Database, isMachineError } from './sqlite.ts'

/** A file of this size is rebuilt in half a second, during which the store answers nothing else, and in as much memory. */
const mostBytes = 64 * 1024 * 1024

/** Calls of a store end after two seconds, unless it is told otherwise: a disk that takes longer would end all of them. */
const longMs = 1_000

/**
 * Rebuilds a database and empties its log, so that its files have nothing any more of what was deleted: at once, or at the next
 * start where it is large, or where the last time has taken long. SQLite overwrites what it deletes, but not the copy that
 * stays in the unused part of a page when it has moved rows to another page. Answers false where that cannot be done, as on a
 * full disk, beside a damaged page or while another program, such as a backup, reads the log: that is left to the next start, too.
 */
export function rebuilder(db: Database, most = mostBytes): () => boolean {
  const size = db.prepare<{ bytes: number }>(
    'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
  )
  const setDue = db.prepare('INSERT OR IGNORE INTO rebuilds_due VALUES (1)')
  let isSlow = false

  /** Answers false where the disk or a damaged page does not let it: then it is left to the next start, which says why. */
  function rebuild(): boolean {
    if (isSlow || (size.get()?.bytes ?? 0) > most) {
      setDue.run()
      return true
    }
    const began = performance.now()
    try {
      db.exec('VACUUM')
    } catch (error) {
      if (!isMachineError(error)) throw error
      setDue.run()
      return false
    }
    isSlow = performance.now() - began > longMs
    return true
  }

  return () => {
    const isRebuilt = rebuild()
    if (emptyLog(db)) return isRebuilt
    setDue.run()
    return false
  }
}

function emptyLog(db: Database): boolean {
  return db.prepare<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 1
}

/** Rebuilds a database for which that is due. Where that cannot be done, as on a full disk, it stays due: answers why. */
export function rebuildIfDue(db: Database): string | undefined {
  if (!db.prepare('SELECT 1 FROM rebuilds_due').get()) return undefined
  try {
    // The copy may be larger than the memory.
    db.exec('PRAGMA temp_store = FILE; VACUUM')
    if (!emptyLog(db)) return 'another program reads the database'
    db.exec('DELETE FROM rebuilds_due')
    return undefined
  } catch (error) {
    if (!isMachineError(error)) throw error
    return describeError(error)
  } finally {
    db.exec('PRAGMA temp_store = MEMORY')
  }
}
