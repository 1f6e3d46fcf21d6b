import type { SearchStore } from '../../store.ts'
import type { BadPages } from '../bad-pages.ts'
import type { EmbeddedLog, Logs } from '../logs.ts'
import type { Sync } from '../operations.ts'
import type { Database } from '../sqlite.ts'
import { embeddedCursors } from './cursors.ts'
import { embeddedFinding } from './finding.ts'
import { embeddedPlaces } from './places.ts'
import { embeddedWords, type LoggedMessage } from './words.ts'

/** What keeps the index as the log is. A message that is not indexed yet is left to the cursor. */
export interface SearchedLog {
  /** Call it before and after a message's text changes. */
  edited(log: EmbeddedLog, was: LoggedMessage, is: LoggedMessage): void
  /** Call it before a message's row changes. */
  removed(log: EmbeddedLog, message: LoggedMessage): void
  /** Takes out the messages up to a seq, at most so many; answers whether these are all. */
  prunes(log: EmbeddedLog, to: number, most: number): boolean
}

/** The index of messages, and what follows the log by itself. */
export interface EmbeddedSearch {
  readonly store: Sync<SearchStore>
  readonly log: SearchedLog
  /** Drops what is in memory, after a rollback. */
  forget(): void
}

/** How many messages one call takes out. */
const removedPerCall = 100

export function embeddedSearch(db: Database, logs: Logs, bads: BadPages): EmbeddedSearch {
  const places = embeddedPlaces(db, logs)
  const words = embeddedWords(db)
  const cursors = embeddedCursors(db, logs, { places, words, bads })
  const isComplete = db.prepare('SELECT 1 FROM search_states WHERE workspace_id = ?')
  const complete = db.prepare('INSERT OR IGNORE INTO search_states (workspace_id) VALUES (?)')
  const forget = db.prepare('DELETE FROM search_states WHERE workspace_id = ?')
  const indexed = db.prepare<{ n: number; seq: number }>(
    `SELECT c.stream_n AS n, c.seq FROM search_cursors AS c JOIN streams AS s ON s.n = c.stream_n
     WHERE s.workspace_id = ? LIMIT 1`,
  )
  const removeCursor = db.prepare('DELETE FROM search_cursors WHERE stream_n = ?')

  function dropSome(workspaceId: string): boolean {
    if (!words.isCurrent()) words.reset()
    forget.run(workspaceId)
    for (let left = removedPerCall; left > 0; ) {
      const stream = indexed.get(workspaceId)
      if (!stream) return false
      const removed = words.removeAll(workspaceId, { n: stream.n, to: stream.seq, most: left })
      if (removed < left) removeCursor.run(stream.n)
      left -= removed + 1
    }
    return true
  }

  const isWhole = (workspaceId: string) => words.isCurrent() && isComplete.get(workspaceId) !== undefined

  return {
    store: {
      prepare(workspaceId) {
        if (!words.isCurrent()) words.reset()
        return isWhole(workspaceId)
      },

      isComplete: isWhole,

      complete(workspaceId) {
        complete.run(workspaceId)
      },

      index: cursors.index,
      behind: cursors.behind,
      drop: dropSome,
      tidy: words.merge,
      find: embeddedFinding(db, logs, words),
    },

    log: {
      edited(log, was, is) {
        if (!cursors.isIndexed(log, was.seq)) return
        words.remove(log, was)
        if (words.isCurrent()) words.add(log, places.of(log), [is])
      },

      removed: words.remove,

      prunes: ({ n, key: { workspace_id } }, to, most) =>
        words.removeAll(workspace_id, { n, to, most }) < most,
    },

    forget() {
      places.forget()
      words.forget()
    },
  }
}
