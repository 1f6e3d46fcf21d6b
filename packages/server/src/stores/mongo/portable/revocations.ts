import { rowOf } from '../../fields/field.ts'
import { revocationFields } from '../../fields/revocations.ts'
import type { Revocation } from '../../store.ts'
import { type RevocationDocument, toDocument } from '../revocations.ts'
import type { Rows, TenantRow } from '../rows.ts'
import { above, type Where } from '../where.ts'
import { batchSize, changeOne, countOf, insertAll, type Table } from './table.ts'

/** The revocations, by their users. */
export function revocationsTable(rows: Rows<RevocationDocument>): Table<Revocation> {
  const toRow = rowOf<Revocation>(revocationFields)

  return {
    async *after(workspace_id, row) {
      for (let user = row?.user_id ?? ''; ; ) {
        const where = { workspace_id, user_id: above(user) }
        const documents = await rows.find(where, { sort: { user_id: 1 }, limit: batchSize })
        if (documents.length > 0) yield documents.map(toRow)
        if (documents.length < batchSize) return
        user = documents.at(-1)?.user_id ?? user
      }
    },

    async find(workspace_id, { user_id }) {
      const document = await rows.get({ workspace_id, user_id })
      return document ? toRow(document) : null
    },

    async last(workspace_id) {
      const [document] = await rows.find({ workspace_id }, { sort: { user_id: -1 }, limit: 1 })
      return document ? toRow(document) : null
    },

    count: (workspaceId) => countOf(rows, workspaceId),

    insert: (workspace_id, some) =>
      insertAll(rows, workspace_id, some, (left) => left.map((row) => toDocument(workspace_id, row))),

    change: (workspace_id, { user_id, ...before }, after) =>
      changeOne(rows, { workspace_id, user_id } as Where<TenantRow>, before, after),
  }
}
