import { rowOf } from '../../fields/field.ts'
import { type StreamRow, streamFields } from '../../fields/streams.ts'
import { type StreamDocument, toStreamDocument } from '../logs.ts'
import type { Rows } from '../rows.ts'
import { above } from '../where.ts'
import { batchSize, countOf, insertAll, type Table } from './table.ts'

export function streamsTable(streams: Rows<StreamDocument>): Table<StreamRow> {
  async function first(where: Parameters<typeof streams.find>[0], sort: 1 | -1): Promise<StreamRow | null> {
    const [document] = await streams.find(where, { sort: { stream: sort }, limit: 1 })
    return document ? toRow(document) : null
  }

  return {
    async *after(workspaceId, row) {
      for await (const documents of streamsAfter(streams, workspaceId, row?.stream ?? ''))
        yield documents.map(toRow)
    },
    find: (workspace_id, { stream }) => first({ workspace_id, stream }, 1),
    last: (workspace_id) => first({ workspace_id }, -1),
    count: (workspaceId) => countOf(streams, workspaceId),
    insert: (workspace_id, rows) =>
      insertAll(streams, workspace_id, rows, (left) =>
        left.map((row) => toStreamDocument(workspace_id, row)),
      ),
    change: async () => {
      throw new Error('`streams.remove` changes entries, and nothing else changes streams')
    },
  }
}

/** The streams whose names follow one, batch by batch. */
export async function* streamsAfter(
  streams: Rows<StreamDocument>,
  workspace_id: string,
  after: string,
): AsyncGenerator<StreamDocument[]> {
  for (let name = after; ; ) {
    const where = { workspace_id, stream: above(name) }
    const documents = await streams.find(where, { sort: { stream: 1 }, limit: batchSize })
    if (documents.length > 0) yield documents
    if (documents.length < batchSize) return
    name = documents.at(-1)?.stream ?? name
  }
}

const pickRow = rowOf<StreamRow>(streamFields)

/** A stream's epoch is its document's id. */
function toRow(document: StreamDocument): StreamRow {
  return pickRow({ ...document, epoch: document._id })
}
