import {
  deliveryFields,
  distinctNotes,
  followRow,
  nameOf,
  newDelivery,
  noteChanges,
} from '../fields/deliveries.ts'
import { rowOf } from '../fields/field.ts'
import type { DeliveryNote, DeliveryRow, DeliveryStore } from '../store.ts'
import type { Database } from './database.ts'
import { mongoNotices } from './notices.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { above, afterUpTo, oneOf } from './where.ts'

export type DeliveryDocument = DeliveryRow & TenantRow

const declaration: Declaration<DeliveryDocument> = {
  fields: { ...tenantFields, ...deliveryFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'place', key: { workspace_id: 1, consumer: 1, stream: 1 }, unique: true },
    { name: 'due', key: { consumer: 1, due_at: 1 }, only: { due_at: { $gt: '' } } },
    {
      name: 'failing',
      key: { workspace_id: 1, consumer: 1, stream: 1, failing_since: 1 },
      only: { failing_since: { $gt: '' } },
    },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The deliveries' documents. */
export function deliveryRows(database: Database): Rows<DeliveryDocument> {
  return database.rows('deliveries', declaration)
}

const toRow = rowOf<DeliveryRow>(deliveryFields)

/** What is to be delivered outside; each change of a row is a compare-and-set. */
export function mongoDeliveries(database: Database): DeliveryStore {
  const deliveries = deliveryRows(database)
  const { persist } = database.deadlines

  async function get(workspace_id: string, consumer: string, stream: string): Promise<DeliveryRow | null> {
    const row = await deliveries.get({ workspace_id, consumer, stream })
    return row ? toRow(row) : null
  }

  async function rowsOf(
    workspace_id: string,
    notes: readonly DeliveryNote[],
  ): Promise<Map<string, DeliveryRow>> {
    const consumer = oneOf([...new Set(notes.map((note) => note.consumer))])
    const stream = oneOf([...new Set(notes.map((note) => note.stream))])
    const found = await deliveries.find({ workspace_id, consumer, stream })
    return new Map(found.map((row) => [nameOf(row), toRow(row)]))
  }

  /** Answers true once nothing is left to be noted; who was faster is looked at again. */
  async function noteAll(workspace_id: string, notes: readonly DeliveryNote[]): Promise<true | undefined> {
    const rows = await rowsOf(workspace_id, notes)
    const missing = notes.filter((note) => !rows.has(nameOf(note)))
    const changes = notes.flatMap((note) => {
      const row = rows.get(nameOf(note))
      const $set = row && noteChanges(row, note)
      if (!row || !$set) return []
      return [{ where: { workspace_id, _id: row._id, version: row.version }, update: { $set } }]
    })
    if (missing.length === 0 && changes.length === 0) return true
    await deliveries.changeEach(changes)
    if (missing.length > 0)
      await deliveries.insert(missing.map((note) => ({ ...newDelivery(note), workspace_id })))
    return undefined
  }

  return {
    follow: (workspaceId, consumer, at) =>
      persist(async () => {
        const known = await get(workspaceId, consumer, '')
        if (known) return known.since
        const row = { ...followRow(consumer, at), workspace_id: workspaceId }
        return (await deliveries.insert([row])) === 1 ? at : undefined
      }),

    async note(workspaceId, notes) {
      const distinct = distinctNotes(notes)
      await persist(() => noteAll(workspaceId, distinct))
    },

    async due(consumer, now, limit) {
      const where = { consumer, due_at: afterUpTo('', now) }
      const found = await deliveries.findEverywhere(where, { sort: { due_at: 1 }, limit })
      return found.map((row) => ({ workspace_id: row.workspace_id, row: toRow(row) }))
    },

    get,

    async settle(workspace_id, { _id, version }, change) {
      const $set = { ...change, version: version + 1 }
      const row = await deliveries.changeAndRead({ workspace_id, _id, version }, { $set })
      return row ? toRow(row) : null
    },

    remove: async (workspace_id, { _id, version }) =>
      (await deliveries.remove({ workspace_id, _id, version })) > 0,

    async list(workspace_id, { consumer, after, limit, isFailing = false }) {
      const where = {
        workspace_id,
        consumer,
        stream: above(after),
        ...(isFailing && { failing_since: above('') }),
      }
      return (await deliveries.find(where, { sort: { stream: 1 }, limit })).map(toRow)
    },

    ...mongoNotices(database),
  }
}
