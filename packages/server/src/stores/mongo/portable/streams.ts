import type { Message } from '@dowellchat/protocol'
import type { PortableRows } from '../../portable.ts'
import type { EntryRow, StreamRow } from '../logs.ts'
import type { Rows } from '../rows.ts'
import { above, within } from '../where.ts'
import { batchSize, countOf, insertAll, type Table } from './table.ts'

type PortableStream = PortableRows['streams']
type PortableEntry = PortableRows['entries']

/** From how many entries of a stream on its row is told the head: less than that a reader finds by reading on. */
const headFrom = 64

export function streamsTable(streams: Rows<StreamRow>): Table<PortableStream> {
  async function first(
    where: Parameters<typeof streams.find>[0],
    sort: 1 | -1,
  ): Promise<PortableStream | null> {
    const [row] = await streams.find(where, { sort: { stream: sort }, limit: 1 })
    return row ? toPortable(row) : null
  }

  return {
    async *after(workspaceId, row) {
      for await (const rows of streamsAfter(streams, workspaceId, row?.stream ?? ''))
        yield rows.map(toPortable)
    },
    find: (workspace_id, { stream }) => first({ workspace_id, stream }, 1),
    last: (workspace_id) => first({ workspace_id }, -1),
    count: (workspaceId) => countOf(streams, workspaceId),
    insert: (workspace_id, rows) =>
      insertAll(streams, workspace_id, rows, (left) => left.map((row) => toStored(workspace_id, row))),
  }
}

async function* streamsAfter(streams: Rows<StreamRow>, workspace_id: string, after: string) {
  for (let name = after; ; ) {
    const where = { workspace_id, stream: above(name) }
    const rows = await streams.find(where, { sort: { stream: 1 }, limit: batchSize })
    if (rows.length > 0) yield rows
    if (rows.length < batchSize) return
    name = rows.at(-1)?.stream ?? name
  }
}

function toPortable({ _id, stream, pruned_seq, pruned_nth, pruned_id }: StreamRow): PortableStream {
  return { stream, epoch: _id, pruned: { seq: pruned_seq, nth: pruned_nth, id: pruned_id } }
}

function toStored(
  workspace_id: string,
  { stream, epoch, pruned: { seq, nth, id } }: PortableStream,
): StreamRow {
  const head = { head_seq: seq, head_nth: nth, head_id: id }
  return { _id: epoch, workspace_id, stream, ...head, pruned_seq: seq, pruned_nth: nth, pruned_id: id }
}

export function entriesTable(streams: Rows<StreamRow>, entries: Rows<EntryRow>): Table<PortableEntry> {
  async function* ofStream({ workspace_id, stream, pruned_seq }: StreamRow, after: number) {
    for (let seq = Math.max(after, pruned_seq); ; seq += batchSize) {
      const range = within(seq + 1, seq + batchSize)
      const rows = await entries.find({ workspace_id, stream, seq: range }, { sort: { seq: 1 } })
      if (rows.length > 0) yield rows
      if (rows.length < batchSize) return
    }
  }

  /** The streams that have not been read to their end. */
  async function* unread(workspace_id: string, entry: PortableEntry | null) {
    const begun = entry && (await streams.get({ workspace_id, stream: entry.stream }))
    if (begun) yield { row: begun, after: entry.seq }
    for await (const rows of streamsAfter(streams, workspace_id, entry?.stream ?? ''))
      for (const row of rows) yield { row, after: 0 }
  }

  return {
    async *after(workspaceId, entry) {
      let gathered: PortableEntry[] = []
      for await (const { row, after } of unread(workspaceId, entry)) {
        for await (const rows of ofStream(row, after)) {
          gathered.push(...rows.map(toPortableEntry))
          if (gathered.length < batchSize) continue
          yield gathered
          gathered = []
        }
      }
      if (gathered.length > 0) yield gathered
    },

    async find(workspace_id, { stream, seq }) {
      const row = await entries.get({ workspace_id, stream, seq })
      return row ? toPortableEntry(row) : null
    },

    async last(workspace_id) {
      const [row] = await entries.find({ workspace_id }, { sort: { stream: -1, seq: -1 }, limit: 1 })
      return row ? toPortableEntry(row) : null
    },

    count: (workspaceId) => countOf(entries, workspaceId),

    async insert(workspace_id, rows) {
      await insertAll(entries, workspace_id, rows, (left) =>
        left.map((row) => ({ ...row, workspace_id, created_at: createdAt(row) })),
      )
      for (const { stream, seq, nth, _id } of longHeads(rows)) {
        const head = { head_seq: seq, head_nth: nth, head_id: _id }
        await streams.change({ workspace_id, stream }, { $set: head })
      }
    },
  }
}

function toPortableEntry({ workspace_id: _, created_at: __, ...entry }: EntryRow): PortableEntry {
  return entry
}

function createdAt({ text }: PortableEntry): string {
  // The text is a message's that a server of ours made.
  return (JSON.parse(text) as Message).created_at
}

/** The last entries of those streams of which there are many. */
function longHeads(rows: readonly PortableEntry[]): PortableEntry[] {
  const counts = new Map<string, number>()
  for (const { stream } of rows) counts.set(stream, (counts.get(stream) ?? 0) + 1)
  const isLast = ({ stream }: PortableEntry, at: number) => rows[at + 1]?.stream !== stream
  return rows.filter((row, at) => isLast(row, at) && (counts.get(row.stream) ?? 0) >= headFrom)
}
