import {
  enterChanges,
  firstMarkRow,
  keepChanges,
  markChanges,
  newReaderRow,
  ownRows,
  pageOfLists,
} from '../fields/readers.ts'
import type { NewReader, ReaderRow, ReaderStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** Before every place of a list. */
const top = { is_pinned: 2, active_at: '', stream: '' }

/** The readers of each stream. */
export function embeddedReaders(db: Database, report: Report): Sync<ReaderStore> {
  const { selected, toRow } = tables.readers
  const select = `SELECT ${selected} FROM readers WHERE workspace_id = ?`
  const ofList = db.prepare<Stored>(
    `${select} AND user_id = ? AND is_listed = 1 AND is_archived = ?
     AND (is_pinned, active_at, stream) < (?, ?, ?)
     ORDER BY is_pinned DESC, active_at DESC, stream DESC LIMIT ?`,
  )
  const pinned = db.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM readers
     WHERE workspace_id = ? AND user_id = ? AND is_listed = 1 AND is_archived IN (0, 1) AND is_pinned = 1`,
  )
  const ofStream = db.prepare<Stored>(`${select} AND stream = ? LIMIT ?`)
  const move = db.prepare(
    `UPDATE readers SET active_at = ?1 WHERE n IN (
       SELECT n FROM readers WHERE workspace_id = ?2 AND stream = ?3 AND active_at < ?1 ORDER BY active_at LIMIT ?4
     )`,
  )
  const rows = readerRows(db)

  function rowsOf(workspaceId: string, stored: readonly Stored[]): ReaderRow[] {
    return readable(stored, toRow, { workspace_id: workspaceId, collection: 'readers', report })
  }

  function own(workspaceId: string, stream: string, userIds: readonly string[]): ReaderRow | undefined {
    const found = userIds.flatMap((user_id) => rows.find(workspaceId, user_id, stream) ?? [])
    return ownRows(found, userIds).get(stream)
  }

  return {
    get: (workspaceId, userIds, stream) => own(workspaceId, stream, userIds) ?? null,

    list(workspaceId, { user_ids, is_archived, before, limit }) {
      const last = before === undefined ? undefined : own(workspaceId, before, user_ids)
      if (before !== undefined && !last?.is_listed) return { readers: [], more: false }
      const { is_pinned, active_at, stream } = last ?? top
      const place = [Number(is_pinned), active_at, last ? stream : '', limit + 1] as const
      const found = user_ids.flatMap((id) =>
        rowsOf(workspaceId, ofList.all(workspaceId, id, Number(is_archived), ...place)),
      )
      return pageOfLists(found, user_ids, limit)
    },

    enter(workspaceId, entering) {
      return entering.flatMap((one) => rows.enter(workspaceId, one) ?? [])
    },

    mark(workspaceId, marks) {
      return marks.map((mark) => {
        const known = own(workspaceId, mark.stream, mark.user_ids)
        if (known) {
          const reader = rows.change(workspaceId, known, markChanges(known, mark))
          return { reader, was: known.nth }
        }
        const reader = firstMarkRow(mark)
        rows.insert(workspaceId, reader)
        return { reader, was: null }
      })
    },

    keep(workspaceId, keeping) {
      const { user_ids, stream, change, most_pinned } = keeping
      const known = own(workspaceId, stream, user_ids)
      if (!known?.is_listed) return null
      const count = (user_id: string) => pinned.get(workspaceId, user_id)?.count ?? 0
      const isPinning = change.is_pinned === true && !known.is_pinned
      if (isPinning && user_ids.reduce((sum, id) => sum + count(id), 0) >= most_pinned) return 'limit'
      return rows.change(workspaceId, known, keepChanges(known, keeping))
    },

    remove(workspaceId, stream, userIds) {
      for (const user_id of userIds) rows.remove(workspaceId, user_id, stream)
    },

    ofStream(workspaceId, stream, { user_ids, limit }) {
      if (!user_ids) return rowsOf(workspaceId, ofStream.all(workspaceId, stream, limit))
      return user_ids.flatMap((id) => rows.find(workspaceId, id, stream) ?? []).slice(0, limit)
    },

    move(workspaceId, { stream, active_at, limit }) {
      return Number(move.run(active_at, workspaceId, stream, limit).changes)
    },
  }
}

/** The rows of readers, which a room's changes write in its own transaction. */
export interface ReaderRows {
  find(workspaceId: string, userId: string, stream: string): ReaderRow | undefined
  insert(workspaceId: string, row: ReaderRow): void
  /** Answers the row as it is then. */
  change(workspaceId: string, row: ReaderRow, changes: Partial<ReaderRow> | undefined): ReaderRow
  /** The row, if it has come to a list by that. */
  enter(workspaceId: string, entering: NewReader): ReaderRow | null
  remove(workspaceId: string, userId: string, stream: string): void
}

export function readerRows(db: Database): ReaderRows {
  const { selected, inserted, marks, toRow, valuesOf } = tables.readers
  const place = 'workspace_id = ? AND user_id = ? AND stream = ?'
  const byPlace = db.prepare<Stored>(`SELECT ${selected} FROM readers WHERE ${place}`)
  const insert = db.prepare(`INSERT INTO readers (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const update = db.prepare(`UPDATE readers SET (${inserted}) = (${marks}) WHERE ${place}`)
  const remove = db.prepare(`DELETE FROM readers WHERE ${place}`)
  const endOf = db.prepare<{ nth: number; seq: number }>(
    `SELECT coalesce(e.nth, s.pruned_nth) AS nth, coalesce(e.seq, s.pruned_seq) AS seq
     FROM streams AS s LEFT JOIN entries AS e ON e.stream_n = s.n
     WHERE s.workspace_id = ? AND s.stream = ? ORDER BY e.seq DESC LIMIT 1`,
  )

  const rows: ReaderRows = {
    find(workspaceId, userId, stream) {
      const stored = byPlace.get(workspaceId, userId, stream)
      return stored && toRow(stored)
    },

    insert(workspaceId, row) {
      insert.run(workspaceId, ...valuesOf(row))
    },

    change(workspaceId, row, changes) {
      if (!changes) return row
      const changed = { ...row, ...changes }
      update.run(...valuesOf(changed), workspaceId, row.user_id, row.stream)
      return changed
    },

    enter(workspaceId, entering) {
      const { user_ids, stream } = entering
      for (const user_id of user_ids) {
        const known = rows.find(workspaceId, user_id, stream)
        if (known) {
          const row = rows.change(workspaceId, known, enterChanges(known, entering))
          return known.is_listed ? null : row
        }
      }
      const end = entering.end ?? endOf.get(workspaceId, stream) ?? { nth: 0, seq: 0 }
      const row = newReaderRow(entering, end)
      rows.insert(workspaceId, row)
      return row
    },

    remove(workspaceId, userId, stream) {
      remove.run(workspaceId, userId, stream)
    },
  }
  return rows
}
