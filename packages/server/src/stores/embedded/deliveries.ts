import { followRow, newDelivery, noteChanges } from '../fields/deliveries.ts'
import type { DeliveryChange, DeliveryRow, DeliveryStore } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import { embeddedNotices } from './notices.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** What is to be delivered outside. */
export function embeddedDeliveries(db: Database, report: Report): Sync<DeliveryStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.deliveries
  const byPlace = db.prepare<Stored>(
    `SELECT ${selected} FROM deliveries WHERE workspace_id = ? AND consumer = ? AND stream = ?`,
  )
  const byId = db.prepare<Stored>(`SELECT ${selected} FROM deliveries WHERE workspace_id = ? AND id = ?`)
  const insert = db.prepare(`INSERT INTO deliveries (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const update = db.prepare(
    `UPDATE deliveries SET (${inserted}) = (${marks}) WHERE workspace_id = ? AND id = ?`,
  )
  const remove = db.prepare('DELETE FROM deliveries WHERE workspace_id = ? AND id = ?')
  const due = db.prepare<Stored & { readonly workspace: string }>(
    `SELECT workspace_id AS workspace, ${selected} FROM deliveries
     WHERE consumer = ? AND due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?`,
  )
  const list = db.prepare<Stored>(
    `SELECT ${selected} FROM deliveries WHERE workspace_id = ? AND consumer = ? AND stream > ? ORDER BY stream LIMIT ?`,
  )
  const failing = db.prepare<Stored>(
    `SELECT ${selected} FROM deliveries
     WHERE workspace_id = ? AND consumer = ? AND stream > ? AND failing_since IS NOT NULL ORDER BY stream LIMIT ?`,
  )

  function get(workspaceId: string, consumer: string, stream: string): DeliveryRow | null {
    const stored = byPlace.get(workspaceId, consumer, stream)
    return stored ? toRow(stored) : null
  }

  function put(workspaceId: string, row: DeliveryRow, change: Partial<DeliveryRow>): DeliveryRow {
    const changed = { ...row, ...change }
    update.run(...valuesOf(changed), workspaceId, row._id)
    return changed
  }

  function known(
    workspaceId: string,
    { _id, version }: Pick<DeliveryRow, '_id' | 'version'>,
  ): DeliveryRow | null {
    const stored = byId.get(workspaceId, _id)
    const row = stored && toRow(stored)
    return row?.version === version ? row : null
  }

  return {
    follow(workspaceId, consumer, at) {
      const row = get(workspaceId, consumer, '')
      if (!row) insert.run(workspaceId, ...valuesOf(followRow(consumer, at)))
      return row?.since ?? at
    },

    note(workspaceId, notes) {
      for (const note of notes) {
        const row = get(workspaceId, note.consumer, note.stream)
        const changes = row && noteChanges(row, note)
        if (!row) insert.run(workspaceId, ...valuesOf(newDelivery(note)))
        else if (changes) put(workspaceId, row, changes)
      }
    },

    due: (consumer, now, limit) =>
      due.all(consumer, now, limit).flatMap(({ workspace, ...stored }) => {
        const place = { workspace_id: workspace, collection: 'deliveries', report } as const
        return readable([stored], toRow, place).map((row) => ({ workspace_id: workspace, row }))
      }),

    get,

    settle(workspaceId, { _id, version }, change: DeliveryChange) {
      const row = known(workspaceId, { _id, version })
      return row && put(workspaceId, row, { ...change, version: version + 1 })
    },

    remove(workspaceId, row) {
      if (!known(workspaceId, row)) return false
      remove.run(workspaceId, row._id)
      return true
    },

    list(workspaceId, { consumer, after, limit, isFailing = false }) {
      const stored = (isFailing ? failing : list).all(workspaceId, consumer, after, limit)
      return readable(stored, toRow, { workspace_id: workspaceId, collection: 'deliveries', report })
    },

    ...embeddedNotices(db),
  }
}
