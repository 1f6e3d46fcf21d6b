import { threadStream } from '@dowellchat/protocol'
import { threadsLookedAt } from '../domains/threads.ts'
import { newThread, type ThreadEntry, threadEntries, threadOf } from '../fields/threads.ts'
import type { ThreadRow, ThreadStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

interface Stream {
  readonly n: number
  readonly pruned_seq: number
  readonly pruned_nth: number
}

/** The threads of messages; what is said in one is a stream. */
export function embeddedThreads(db: Database, report: Report): Sync<ThreadStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.threads
  const byId = db.prepare<Stored>(`SELECT ${selected} FROM threads WHERE workspace_id = ? AND id = ?`)
  const next = db.prepare<Stored>(
    `SELECT ${selected} FROM threads WHERE workspace_id = ? AND id > ? ORDER BY id LIMIT ?`,
  )
  const insert = db.prepare(`INSERT INTO threads (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const remove = db.prepare('DELETE FROM threads WHERE workspace_id = ? AND id = ?')
  const stream = db.prepare<Stream>(
    'SELECT n, pruned_seq, pruned_nth FROM streams WHERE workspace_id = ? AND stream = ?',
  )
  const last = db.prepare<ThreadEntry>(
    `SELECT nth, type, author, coalesce(CASE WHEN json_valid(text) THEN json_extract(text, '$.created_at') END, '')
       AS created_at
     FROM entries WHERE stream_n = ? ORDER BY seq DESC LIMIT ${threadEntries}`,
  )
  const hasEntries = db.prepare('SELECT 1 FROM entries WHERE stream_n = ? LIMIT 1')

  function get(workspaceId: string, id: string): ThreadRow | null {
    const stored = byId.get(workspaceId, id)
    return stored ? toRow(stored) : null
  }

  /** Whether nothing is left of a thread that anybody could read. */
  function isOver(workspaceId: string, { _id, parent, parent_seq }: ThreadRow): boolean {
    const of = stream.get(workspaceId, parent)
    if (!of || of.pruned_seq < parent_seq) return false
    const own = stream.get(workspaceId, threadStream(_id))
    return !own || hasEntries.get(own.n) === undefined
  }

  return {
    create(workspaceId, thread) {
      const known = get(workspaceId, thread._id)
      if (known) return known
      const row = newThread(thread)
      insert.run(workspaceId, ...valuesOf(row))
      return row
    },

    get,

    list(workspaceId, parent, ids) {
      const rows = [...new Set(ids)].map((id) => get(workspaceId, id))
      return rows.flatMap((row) => {
        if (row?.parent !== parent) return []
        const own = stream.get(workspaceId, threadStream(row._id))
        return threadOf(row, own ? last.all(own.n) : [], own?.pruned_nth ?? 0)
      })
    },

    prune(workspaceId, from) {
      const stored = next.all(workspaceId, from ?? '', threadsLookedAt)
      const rows = readable(stored, toRow, { workspace_id: workspaceId, collection: 'threads', report })
      const over = rows.filter((row) => isOver(workspaceId, row))
      for (const { _id } of over) remove.run(workspaceId, _id)
      const isAll = stored.length < threadsLookedAt
      return { removed: over.length, next: isAll ? null : (rows.at(-1)?._id ?? null) }
    },
  }
}
