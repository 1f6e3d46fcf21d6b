import type { Head } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { inStore, integer, orNull, text } from '../fields/field.ts'
import {
  type EntryRow as EntryFields,
  entryFields,
  type StreamRow as StreamFields,
  streamFields,
} from '../fields/streams.ts'
import { newId } from '../ids.ts'
import { type StreamKey, streamId } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { within } from './where.ts'

/** A stream's own document. Its head may lag behind the log: it is a point to read on from. */
export interface StreamRow extends Omit<StreamFields, 'epoch'>, TenantRow {
  /** The log's epoch. */
  readonly _id: string
  readonly head_seq: number
  readonly head_nth: number
  readonly head_id: string | null
}

const { epoch: _, ...namedStream } = streamFields

const streamsDeclaration: Declaration<StreamRow> = {
  fields: {
    ...tenantFields,
    ...namedStream,
    head_seq: inStore(integer),
    head_nth: inStore(integer),
    head_id: inStore(orNull(text)),
  },
  shardKey: { workspace_id: 1, stream: 1 },
  indexes: [{ name: 'stream', key: { workspace_id: 1, stream: 1 }, unique: true }],
}

export interface EntryRow extends EntryFields, TenantRow {
  /** The message's, for retention. */
  readonly created_at: string
}

const entriesDeclaration: Declaration<EntryRow> = {
  fields: { ...tenantFields, ...entryFields, created_at: inStore(text) },
  // A stream lives on one shard, which is what its unique keys need.
  shardKey: { workspace_id: 1, stream: 1 },
  indexes: [
    // Whoever inserts at a seq first has it.
    { name: 'place', key: { workspace_id: 1, stream: 1, seq: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, stream: 1, author: 1, cid: 1 }, unique: true },
  ],
}

/** A stream's log as it was when it was last looked at. */
export interface Log {
  readonly key: StreamKey
  readonly epoch: string
  readonly head: Head
  /** The place of the last entry that was removed; seq 0 where none was. */
  readonly pruned: Head
}

/** The oldest seq that a log still has; the next one's while it has none. */
export function firstSeq({ pruned }: Log): number {
  return pruned.seq + 1
}

export interface Logs {
  readonly streams: Rows<StreamRow>
  readonly entries: Rows<EntryRow>
  /** The log as it is now. */
  find(key: StreamKey): Promise<Log | undefined>
  /** A log to append to, made if it is new: as it is now, or was a moment ago. */
  open(key: StreamKey): Promise<Log>
  /** Remembers how far a log has got by an append. */
  moved(log: Log, head: Head): Log
  /** Drops what is remembered, where nobody can tell what became of an append. */
  forget(key: StreamKey): void
  /** Resolves when nothing is written any more that nobody waits for. */
  idle(): Promise<void>
}

/**
 * For how long an append trusts a head without looking: a busy stream's node looks at most once in that time, and what is
 * removed meanwhile keeps its seqs taken (`retention.ts`).
 */
export const trustMs = 1_000
const keptLogs = 10_000
/** How many entries are read at a time to find the head. */
const window = 200
/** After how many entries the stream's row is told the head. */
const headEvery = 64

/** The documents of all logs. */
export function logRows(database: Database): Pick<Logs, 'streams' | 'entries'> {
  return {
    streams: database.rows('streams', streamsDeclaration),
    entries: database.rows('entries', entriesDeclaration),
  }
}

export function mongoLogs(database: Database): Logs {
  const { streams, entries } = logRows(database)
  const kept = new LRUCache<string, Log & { readonly seenAt: number }>({ max: keptLogs })
  const writing = new Set<Promise<unknown>>()

  function keep(log: Log): Log {
    kept.set(streamId(log.key), { ...log, seenAt: performance.now() })
    return log
  }

  function forget(key: StreamKey): void {
    kept.delete(streamId(key))
  }

  /** The last entry, from one that is known on. */
  async function readOn({ workspace_id, stream }: StreamKey, from: Head): Promise<Head> {
    for (let head = from; ; ) {
      const seq = within(head.seq + 1, head.seq + window)
      const rows = await entries.find(
        { workspace_id, stream, seq },
        { fields: ['seq', 'nth', '_id'], sort: { seq: 1 } },
      )
      const last = rows.at(-1)
      if (last) head = { seq: last.seq, nth: last.nth, id: last._id }
      if (rows.length < window) return head
    }
  }

  async function find(key: StreamKey): Promise<Log | undefined> {
    const known = kept.get(streamId(key))
    // Side by side, since a known head is seldom far from the last entry.
    const [row, newer] = await Promise.all([
      streams.get({ workspace_id: key.workspace_id, stream: key.stream }),
      known && readOn(key, known.head),
    ])
    if (!row) {
      forget(key)
      return undefined
    }
    const pruned = { seq: row.pruned_seq, nth: row.pruned_nth, id: row.pruned_id }
    const isKnown = known?.epoch === row._id && newer !== undefined && newer.seq >= pruned.seq
    const head = isKnown ? newer : await readOn(key, later(headOf(row), pruned))
    return keep({ key, epoch: row._id, head, pruned })
  }

  async function open(key: StreamKey): Promise<Log> {
    const known = kept.get(streamId(key))
    if (known && performance.now() - known.seenAt < trustMs) return known
    return database.deadlines.persist(async () => {
      const found = await find(key)
      if (found) return found
      await streams.insert([newStream(key)])
      return undefined
    })
  }

  /** Nobody waits for it: where it fails, the head is found by reading on. */
  function tellHead({ key: { workspace_id, stream }, epoch }: Log, head: Head): void {
    const update = { $set: { head_seq: head.seq, head_nth: head.nth, head_id: head.id } }
    const change = () => streams.change({ workspace_id, stream, _id: epoch }, update)
    const write = database.deadlines.within(change).catch(() => undefined)
    writing.add(write)
    void write.then(() => writing.delete(write))
  }

  return {
    streams,
    entries,
    find,
    open,

    moved(log, head) {
      if (Math.floor(head.seq / headEvery) > Math.floor(log.head.seq / headEvery)) tellHead(log, head)
      return keep({ ...log, head })
    },

    forget,

    async idle() {
      await Promise.all(writing)
    },
  }
}

function later(a: Head, b: Head): Head {
  return a.seq > b.seq ? a : b
}

function headOf({ head_seq, head_nth, head_id }: StreamRow): Head {
  return { seq: head_seq, nth: head_nth, id: head_id }
}

function newStream({ workspace_id, stream }: StreamKey): StreamRow {
  const nowhere = { head_seq: 0, head_nth: 0, head_id: null, pruned_seq: 0, pruned_nth: 0, pruned_id: null }
  return { _id: newId(), workspace_id, stream, ...nowhere }
}
