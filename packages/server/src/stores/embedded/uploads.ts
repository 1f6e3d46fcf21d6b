import { repeated } from '../creation.ts'
import { uploadsAtOnce } from '../domains/uploads.ts'
import {
  finishedChanges,
  goneChanges,
  isUnnamed,
  namedChanges,
  namingProblem,
  newUploadDay,
  newUploadRow,
  type Share,
  sharesOf,
} from '../fields/uploads.ts'
import type { NewUpload, UploadRow, UploadStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** The files of messages, without their bytes. */
export function embeddedUploads(db: Database, report: Report): Sync<UploadStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.uploads
  const select = `SELECT ${selected} FROM uploads WHERE`
  const byId = db.prepare<Stored>(`${select} workspace_id = ? AND id = ?`)
  const byCid = db.prepare<Stored>(`${select} cid = ? AND workspace_id = ? AND user_id = ?`)
  const dueBy = db.prepare<Stored & { workspace_id: string }>(
    `SELECT uploads.workspace_id, ${selected} FROM uploads WHERE due_at <= ? ORDER BY due_at LIMIT ${uploadsAtOnce}`,
  )
  const namedBefore = db.prepare<Stored>(
    `${select} workspace_id = ? AND named_at < ? ORDER BY named_at LIMIT ${uploadsAtOnce}`,
  )
  const insert = db.prepare(`INSERT INTO uploads (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const update = db.prepare(`UPDATE uploads SET (${inserted}) = (${marks}) WHERE workspace_id = ? AND id = ?`)
  const remove = db.prepare('DELETE FROM uploads WHERE workspace_id = ? AND id = ?')
  const days = uploadDays(db)

  function find(workspaceId: string, id: string): UploadRow | undefined {
    const stored = byId.get(workspaceId, id)
    return stored && toRow(stored)
  }

  function change(workspaceId: string, row: UploadRow, changes: Partial<UploadRow>): UploadRow {
    const changed = { ...row, ...changes }
    update.run(...valuesOf(changed), workspaceId, row._id)
    return changed
  }

  return {
    create(upload) {
      const { workspace_id, user_id, earlier_ids = [], cid, fingerprint } = upload
      for (const id of [user_id, ...earlier_ids]) {
        const known = byCid.get(cid, workspace_id, id)
        if (known) return repeated(toRow(known), fingerprint, (row) => row)
      }
      const full = days.take(upload)
      if (full) return { conflict: full }
      const row = newUploadRow(upload)
      insert.run(workspace_id, ...valuesOf(row))
      return { created: true, row }
    },

    get: (workspaceId, id) => find(workspaceId, id) ?? null,

    finish(workspaceId, id, due_at) {
      const row = find(workspaceId, id)
      if (row?.state !== 'created') return row ?? null
      return change(workspaceId, row, finishedChanges(due_at))
    },

    name(workspaceId, naming) {
      const rows: UploadRow[] = []
      for (const upload_id of naming.upload_ids) {
        const row = find(workspaceId, upload_id)
        const refused = namingProblem(row, naming)
        if (refused) return { refused, upload_id }
        if (row) rows.push(row)
      }
      return {
        uploads: rows.map((row) => {
          const changes = namedChanges(row, naming)
          return changes ? change(workspaceId, row, changes) : row
        }),
      }
    },

    cancel(workspaceId, id, userIds, at) {
      const row = find(workspaceId, id)
      if (!row || !userIds.includes(row.user_id)) return true
      if (isUnnamed(row)) change(workspaceId, row, goneChanges(at))
      return row.state !== 'named' && row.state !== 'kept'
    },

    due: (at) =>
      dueBy.all(at).flatMap(({ workspace_id, ...stored }) => {
        const from = { workspace_id, collection: 'uploads', report } as const
        return readable([stored], toRow, from).map((upload) => ({ workspace_id, upload }))
      }),

    decide(workspaceId, { _id, state, due_at }, next) {
      const row = find(workspaceId, _id)
      if (row?.state !== state || row.due_at !== due_at) return false
      if (!next) remove.run(workspaceId, _id)
      else change(workspaceId, row, { ...(next.state === 'gone' && goneChanges('')), ...next })
      return true
    },

    expire(workspaceId, before, at) {
      const from = { workspace_id: workspaceId, collection: 'uploads', report } as const
      const rows = readable(namedBefore.all(workspaceId, before), toRow, from)
      for (const row of rows) change(workspaceId, row, goneChanges(at))
      return rows.length
    },

    forgetDays: days.forget,
  }
}

/** How much was announced on a day, by a user, by all guests and in the workspace. */
function uploadDays(db: Database) {
  const { selected, inserted, marks, toRow, valuesOf } = tables.upload_days
  const byDay = db.prepare<Stored>(
    `SELECT ${selected} FROM upload_days WHERE workspace_id = ? AND day = ? AND user_id = ?`,
  )
  const insert = db.prepare(`INSERT INTO upload_days (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const update = db.prepare('UPDATE upload_days SET bytes = ? WHERE workspace_id = ? AND id = ?')
  const forget = db.prepare(
    `DELETE FROM upload_days WHERE n IN
       (SELECT n FROM upload_days WHERE workspace_id = ? AND day < ? LIMIT ${uploadsAtOnce})`,
  )

  function add(upload: NewUpload, user_id: string): void {
    const { workspace_id, day, size } = upload
    const stored = byDay.get(workspace_id, day, user_id)
    if (!stored) insert.run(workspace_id, ...valuesOf(newUploadDay(upload, user_id, size)))
    else {
      const { _id, bytes } = toRow(stored)
      update.run(bytes + size, workspace_id, _id)
    }
  }

  function hasRoom({ workspace_id, day, size }: NewUpload, { user_id, most }: Share): boolean {
    const stored = byDay.get(workspace_id, day, user_id)
    return (stored ? toRow(stored).bytes : 0) + size <= most
  }

  return {
    /** Takes an upload's bytes; answers which limit is in the way. */
    take(upload: NewUpload): Share['limit'] | undefined {
      const shares = sharesOf(upload)
      const full = shares.find((share) => !hasRoom(upload, share))
      if (full) return full.limit
      for (const { user_id } of shares) add(upload, user_id)
      return undefined
    },

    forget: (workspaceId: string, day: string): number => Number(forget.run(workspaceId, day).changes),
  }
}

/** Lets the uploads go that messages have named which are removed. */
export function embeddedDropping(
  db: Database,
): (workspaceId: string, ids: readonly string[], at: string) => void {
  const changes = goneChanges('')
  const names = Object.keys(changes)
  const update = db.prepare(
    `UPDATE uploads SET (${names.join(', ')}) = (${names.map(() => '?').join(', ')}) WHERE workspace_id = ? AND id = ?`,
  )
  return (workspaceId, ids, at) => {
    const values = Object.values(goneChanges(at))
    for (const id of ids) update.run(...values, workspaceId, id)
  }
}
