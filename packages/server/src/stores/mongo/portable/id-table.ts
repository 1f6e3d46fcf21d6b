import { type Fields, rowOf } from '../../fields/field.ts'
import type { Rows, TenantRow } from '../rows.ts'
import { above } from '../where.ts'
import { batchSize, countOf, insertAll, type Table } from './table.ts'

/** A table whose rows are in the order of their ids. @param toDocument the row's document; default: with its workspace */
export function idTable<Row extends { readonly _id: string }, Document extends Row & TenantRow>(
  documents: Rows<Document>,
  fields: Fields<Row>,
  toDocument: (workspaceId: string, row: Row) => Document = withWorkspace,
): Table<Row> {
  // What is asked for here are the fields that every document has.
  const rows = documents as unknown as Rows<TenantRow>
  const toRow = rowOf(fields) as unknown as (document: TenantRow) => Row

  return {
    async *after(workspace_id, row) {
      for (let id = row?._id ?? ''; ; ) {
        const where = { workspace_id, _id: above(id) }
        const some = await rows.find(where, { sort: { _id: 1 }, limit: batchSize })
        if (some.length > 0) yield some.map(toRow)
        if (some.length < batchSize) return
        id = some.at(-1)?._id ?? id
      }
    },

    async find(workspace_id, { _id }) {
      const document = await rows.get({ workspace_id, _id })
      return document ? toRow(document) : null
    },

    async last(workspace_id) {
      const [document] = await rows.find({ workspace_id }, { sort: { _id: -1 }, limit: 1 })
      return document ? toRow(document) : null
    },

    count: (workspaceId) => countOf(rows, workspaceId),

    insert: (workspace_id, some) =>
      insertAll(documents, workspace_id, some, (left) => left.map((row) => toDocument(workspace_id, row))),
  }
}

function withWorkspace<Row, Document extends Row>(workspace_id: string, row: Row): Document {
  // A document is its row and the workspace, where it is made this way.
  return { ...row, workspace_id } as unknown as Document
}
