import type { Message } from '@dowellchat/protocol'
import { rowOf } from '../../fields/field.ts'
import { type EntryRow, entryFields } from '../../fields/streams.ts'
import { messageIn, timeOf } from '../../removal.ts'
import type { EntryDocument, StreamDocument } from '../logs.ts'
import type { Rows } from '../rows.ts'
import { above, upTo } from '../where.ts'
import { streamsAfter } from './streams.ts'
import { batchSize, countOf, insertAll, type Table } from './table.ts'

/** From how many entries of a stream on its row is told the head: less than that a reader finds by reading on. */
const headFrom = 64

const toRow = rowOf<EntryRow>(entryFields)

export function entriesTable(streams: Rows<StreamDocument>, entries: Rows<EntryDocument>): Table<EntryRow> {
  async function* ofStream(
    { workspace_id, stream, pruned_seq }: StreamDocument,
    after: number,
    atOnce: number,
  ) {
    // Up to a limit, not in ranges: what is damaged may have holes of any width.
    for (let last = Math.max(after, pruned_seq); ; ) {
      const where = { workspace_id, stream, seq: above(last) }
      const rows = await entries.find(where, { sort: { seq: 1 }, limit: atOnce })
      if (rows.length > 0) yield rows
      if (rows.length < atOnce) return
      last = rows.at(-1)?.seq ?? last
    }
  }

  /** The streams that have not been read to their end. */
  async function* unread(workspace_id: string, entry: EntryRow | null) {
    const begun = entry && (await streams.get({ workspace_id, stream: entry.stream }))
    if (begun) yield { row: begun, after: entry.seq }
    for await (const rows of streamsAfter(streams, workspace_id, entry?.stream ?? ''))
      for (const row of rows) yield { row, after: 0 }
  }

  /** How many entries a cut-off retention has not removed yet, which nobody reads any more. */
  async function countPruned(workspace_id: string): Promise<number> {
    let count = 0
    for await (const rows of streamsAfter(streams, workspace_id, '')) {
      const pruned = rows
        .filter(({ pruned_seq }) => pruned_seq > 0)
        .map(({ stream, pruned_seq }) => ({ workspace_id, stream, seq: upTo(pruned_seq) }))
      if (pruned.length === 0) continue
      const [counted] = await entries.aggregateAny<{ rows: number }>(pruned, [{ $count: 'rows' }])
      count += counted?.rows ?? 0
    }
    return count
  }

  return {
    async *after(workspaceId, entry, atOnce = batchSize) {
      let gathered: EntryRow[] = []
      for await (const { row, after } of unread(workspaceId, entry)) {
        for await (const rows of ofStream(row, after, atOnce)) {
          gathered.push(...rows.map(toRow))
          if (gathered.length < atOnce) continue
          yield gathered
          gathered = []
        }
      }
      if (gathered.length > 0) yield gathered
    },

    async find(workspace_id, { stream, seq }) {
      const row = await entries.get({ workspace_id, stream, seq })
      return row ? toRow(row) : null
    },

    async last(workspace_id) {
      const [row] = await entries.find({ workspace_id }, { sort: { stream: -1, seq: -1 }, limit: 1 })
      return row ? toRow(row) : null
    },

    count: async (workspaceId) => (await countOf(entries, workspaceId)) - (await countPruned(workspaceId)),

    async insert(workspace_id, rows) {
      await insertAll(entries, workspace_id, rows, (left) =>
        left.map((row) => ({ ...row, workspace_id, created_at: createdAt(row) })),
      )
      for (const { stream, seq, nth, _id } of longHeads(rows)) {
        const head = { head_seq: seq, head_nth: nth, head_id: _id }
        await streams.change({ workspace_id, stream }, { $set: head })
      }
    },

    change: async () => {
      throw new Error('`streams.remove` changes entries, and nothing else changes streams')
    },
  }
}

/** Its id knows it too, where the text is damaged. */
function createdAt(row: EntryRow): string {
  // A damaged text may be any JSON.
  const told: unknown = (messageIn(row) as Message | null)?.created_at
  return typeof told === 'string' ? told : new Date(timeOf(row._id)).toISOString()
}

/** The last entries of those streams of which there are many. */
function longHeads(rows: readonly EntryRow[]): EntryRow[] {
  const counts = new Map<string, number>()
  for (const { stream } of rows) counts.set(stream, (counts.get(stream) ?? 0) + 1)
  const isLast = ({ stream }: EntryRow, at: number) => rows[at + 1]?.stream !== stream
  return rows.filter((row, at) => isLast(row, at) && (counts.get(row.stream) ?? 0) >= headFrom)
}
