import { repeated } from '../creation.ts'
import {
  type CannedAnswerRow,
  changedCannedAnswer,
  newCannedAnswerRow,
  toCannedAnswer,
} from '../fields/canned-answers.ts'
import { freeSlot } from '../fields/reports.ts'
import type { CannedAnswerStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** The canned answers of each workspace. */
export function embeddedCannedAnswers(db: Database, report: Report): Sync<CannedAnswerStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.canned_answers
  const select = `SELECT ${selected} FROM canned_answers WHERE workspace_id = ?`
  const byCid = db.prepare<Stored>(`${select} AND created_by = ? AND cid = ?`)
  const byTitle = db.prepare<Stored>(`${select} AND title = ?`)
  const byId = db.prepare<Stored>(`${select} AND id = ?`)
  const all = db.prepare<Stored>(`${select} AND title > ? ORDER BY title LIMIT ?`)
  const ofTopic = db.prepare<Stored>(
    `${select} AND title > ? AND (product IS NULL OR product = ?) ORDER BY title LIMIT ?`,
  )
  const slots = db.prepare<{ slot: number }>(
    'SELECT slot FROM canned_answers WHERE workspace_id = ? AND slot IS NOT NULL',
  )
  const insert = db.prepare(`INSERT INTO canned_answers (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const change = db.prepare(
    `UPDATE canned_answers SET (${inserted}) = (${marks}) WHERE workspace_id = ? AND id = ?`,
  )
  const remove = db.prepare('DELETE FROM canned_answers WHERE workspace_id = ? AND id = ?')

  function find(workspaceId: string, id: string): CannedAnswerRow | undefined {
    const stored = byId.get(workspaceId, id)
    return stored && toRow(stored)
  }

  return {
    create(answer) {
      const { workspace_id, created_by, title, cid, fingerprint, most } = answer
      const known = byCid.get(workspace_id, created_by, cid)
      if (known) return repeated(toRow(known), fingerprint, toCannedAnswer)
      if (byTitle.get(workspace_id, title)) return { conflict: 'exists' }
      const taken = most === undefined ? [] : slots.all(workspace_id).map(({ slot }) => slot)
      const slot = freeSlot(taken, most)
      if (slot === undefined) return { conflict: 'limit' }
      const row = newCannedAnswerRow(answer, slot)
      insert.run(workspace_id, ...valuesOf(row))
      return { created: true, row: toCannedAnswer(row) }
    },

    get(workspaceId, answerId) {
      const row = find(workspaceId, answerId)
      return row ? toCannedAnswer(row) : null
    },

    update(workspaceId, answerId, changes) {
      const row = find(workspaceId, answerId)
      if (!row) return null
      const changed = { ...row, ...changedCannedAnswer(changes) }
      if (changed.title !== row.title && byTitle.get(workspaceId, changed.title)) return 'exists'
      change.run(...valuesOf(changed), workspaceId, answerId)
      return toCannedAnswer(changed)
    },

    remove: (workspaceId, answerId) => Number(remove.run(workspaceId, answerId).changes) > 0,

    list(workspaceId, { product, after = '', limit }) {
      const stored =
        product === undefined
          ? all.all(workspaceId, after, limit)
          : ofTopic.all(workspaceId, after, product, limit)
      const from = { workspace_id: workspaceId, collection: 'canned_answers', report }
      return readable(stored, (one) => toCannedAnswer(toRow(one)), from)
    },
  }
}
