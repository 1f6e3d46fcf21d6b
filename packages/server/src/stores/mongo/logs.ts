import type { Head } from '@dowellchat/protocol'
import { countedCache } from '../../counted-cache.ts'
import { added, inStore, integer, orNull, text } from '../fields/field.ts'
import {
  type EntryRow,
  entryFields,
  newStreamRow,
  prunedOf,
  type StreamRow,
  streamFields,
} from '../fields/streams.ts'
import type { Log } from '../log.ts'
import { type StreamKey, streamId } from '../store.ts'
import type { Database } from './database.ts'
import { lookups } from './lookups.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields, type Update } from './rows.ts'
import type { Turns } from './turns.ts'
import { oneOf, within } from './where.ts'

/** A stream's own row. Its head may lag behind the log's; the log's is found by reading on from it. */
export interface StreamDocument extends Omit<StreamRow, 'epoch'>, TenantRow {
  /** The log's epoch. */
  readonly _id: string
  readonly head_seq: number
  readonly head_nth: number
  readonly head_id: string | null
  /** A removal or change that has begun, as JSON; whoever reads the log completes it (`pending.ts`). */
  readonly removing: string | null
  /** The cid of the last one that has begun. */
  readonly last_begun: string | null
  /** How often servers have said that they do not get in, because another one appends all the time. */
  readonly contested: number
}

const { epoch: _, ...namedStream } = streamFields

const streamsDeclaration: Declaration<StreamDocument> = {
  fields: {
    ...tenantFields,
    ...namedStream,
    head_seq: inStore(integer),
    head_nth: inStore(integer),
    head_id: inStore(orNull(text)),
    removing: inStore(orNull(text)),
    last_begun: inStore(orNull(text)),
    contested: inStore(added(integer, 0)),
  },
  shardKey: { workspace_id: 1, stream: 1 },
  indexes: [{ name: 'stream', key: { workspace_id: 1, stream: 1 }, unique: true }],
}

export interface EntryDocument extends EntryRow, TenantRow {
  /** The message's, for retention. */
  readonly created_at: string
}

const entriesDeclaration: Declaration<EntryDocument> = {
  fields: { ...tenantFields, ...entryFields, created_at: inStore(text) },
  // A unique key holds within one shard only, so a stream is kept on one.
  shardKey: { workspace_id: 1, stream: 1 },
  indexes: [
    // Of all nodes that insert at a seq, the first succeeds.
    { name: 'place', key: { workspace_id: 1, stream: 1, seq: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, stream: 1, author: 1, cid: 1 }, unique: true },
    // Plain messages are in none of these.
    {
      name: 'about',
      key: { workspace_id: 1, stream: 1, about: 1, aspect: 1, author: 1, seq: 1 },
      only: { about: { $gt: 0 } },
    },
    {
      name: 'pinned',
      key: { workspace_id: 1, stream: 1, pinned_seq: 1 },
      only: { pinned_seq: { $gt: 0 } },
    },
    // One key for each person whom a message mentions.
    {
      name: 'mentioned',
      key: { workspace_id: 1, stream: 1, mentioned: 1, nth: 1 },
      only: { mentioned: { $gt: '' } },
    },
  ],
}

/** A log, and the removal or change that somebody may have left half done. */
export interface MongoLog extends Log, Pick<StreamDocument, 'removing' | 'last_begun'> {}

/** Where a log ends, as far as it was read. */
interface FoundEnd {
  readonly head: Head
  /** Whether the entry from which it was read on is in the log. */
  readonly isThere: boolean
}

export interface Logs {
  readonly streams: Rows<StreamDocument>
  readonly entries: Rows<EntryDocument>
  /** A stream's own row as it is now. */
  rowOf(key: StreamKey): Promise<StreamDocument | null>
  /** The log as it is now. */
  find(key: StreamKey): Promise<MongoLog | undefined>
  /** A log to append to, as it was up to `trustMs` ago; creates it if it is new. `isRead`: it is as it was just now. */
  open(key: StreamKey): Promise<{ readonly log: Log; readonly isRead: boolean }>
  /** The log as it is now, found from its own row, after somebody may have appended much and saved the head there. */
  readAgain(key: StreamKey): Promise<Log | undefined>
  /** A log that others may have appended to since it was read. */
  readOn(log: Log): Promise<Log | undefined>
  /** The end that this process knows of a log of this epoch. */
  headKnown(key: StreamKey, epoch: string): Head | undefined
  /** Notes that a log of this epoch has an entry. */
  learn(key: StreamKey, epoch: string, entry: Head): void
  /** Keeps the new head after an append, and answers the log with it. @param isSaved whether others want to know it */
  moved(log: Log, head: Head, isSaved: boolean): Log
  /** Says that this server does not get in, to whoever appends all the time. */
  contest(log: Log): void
  /** Drops the log that is kept, after an append whose outcome is unknown. */
  forget(key: StreamKey): void
  /** Resolves when the background writes are done. */
  idle(): Promise<void>
}

/**
 * For how long an append trusts the head that it knows, so that a node with a busy stream seldom has to look. Retention
 * waits as long before it removes entries (`retention.ts`), since their seqs must stay taken meanwhile.
 */
export const trustMs = 1_000
const keptLogs = 10_000
/** How many entries one step of the search for the head reads. */
const readOnBatch = 200
/** After this many entries the head is saved to the stream's row. */
const saveHeadEvery = 64

/** The documents of all logs. */
export function logRows(database: Database): Pick<Logs, 'streams' | 'entries'> {
  return {
    streams: database.rows('streams', streamsDeclaration),
    entries: database.rows('entries', entriesDeclaration),
  }
}

export function mongoLogs(database: Database, turns: Pick<Turns, 'contested'>): Logs {
  const { streams, entries } = logRows(database)
  const kept = countedCache<string, Log & { readonly seenAt: number }>(keptLogs)
  const writing = new Set<Promise<unknown>>()
  const rowOfOne = lookups<string, string, StreamDocument | null>(
    database.deadlines,
    (workspaceId) => workspaceId,
    async (workspace_id, names) => {
      const rows = await streams.find({ workspace_id, stream: oneOf([...new Set(names)]) })
      const known = new Map(rows.map((one) => [one.stream, one]))
      return names.map((name) => known.get(name) ?? null)
    },
  )
  const rowOf: Logs['rowOf'] = ({ workspace_id, stream }) => rowOfOne(workspace_id, stream)

  function keep(log: Log): Log {
    kept.set(streamId(log.key), { ...log, seenAt: performance.now() })
    return log
  }

  function forget(key: StreamKey): void {
    kept.delete(streamId(key))
  }

  /** The place of the last entry, found by reading on from one that is known, and whether that one is there. */
  async function readOn({ workspace_id, stream }: StreamKey, from: Head): Promise<FoundEnd> {
    let [head, isThere] = [from, from.seq === 0]
    for (let low = from.seq; ; low = head.seq + 1) {
      const rows = await entries.find(
        { workspace_id, stream, seq: within(low, low + readOnBatch - 1) },
        { fields: placeFields, sort: { seq: 1 } },
      )
      isThere ||= rows[0]?._id === from.id
      const last = rows.at(-1)
      if (last) head = placeOf(last)
      // The first that is asked for may never have been, or be removed: it does not count.
      if (!last || last.seq < low + readOnBatch - 1) return { head, isThere }
    }
  }

  /** The place of the last entry, found from the stream's own row. */
  async function readOnFromRow(key: StreamKey, row: StreamDocument): Promise<Head> {
    const [saved, pruned] = [headOf(row), prunedOf(row)]
    const { head, isThere } = await readOn(key, later(saved, pruned))
    if (isThere || saved.seq <= pruned.seq) return head
    // The database has gone back to an earlier time, or retention was here since the row was read.
    const { workspace_id, stream } = key
    const [last] = await entries.find(
      { workspace_id, stream },
      { fields: placeFields, sort: { seq: -1 }, limit: 1 },
    )
    const now = (await streams.get({ workspace_id, stream })) ?? row
    return last ? later(placeOf(last), prunedOf(now)) : prunedOf(now)
  }

  async function find(key: StreamKey): Promise<MongoLog | undefined> {
    const known = kept.get(streamId(key))
    // Both at once: few entries are newer than a head that is kept.
    const [row, newer] = await Promise.all([rowOf(key), known && readOn(key, known.head)])
    if (!row) {
      forget(key)
      return undefined
    }
    turns.contested(key, row.contested, false)
    const pruned = prunedOf(row)
    const isSame = known?.epoch === row._id && newer !== undefined && newer.head.seq >= pruned.seq
    const isCurrent = isSame && (newer.isThere || known.head.seq <= pruned.seq)
    const head = isCurrent ? newer.head : await readOnFromRow(key, row)
    const { removing, last_begun } = row
    return { ...keep({ key, epoch: row._id, head, pruned }), removing, last_begun }
  }

  async function open(key: StreamKey): ReturnType<Logs['open']> {
    const known = kept.get(streamId(key))
    if (known && performance.now() - known.seenAt < trustMs) return { log: known, isRead: false }
    return database.deadlines.persist(async () => {
      const log = await find(key)
      if (log) return { log, isRead: true }
      await streams.insert([toStreamDocument(key.workspace_id, newStreamRow(key.stream))])
      return undefined
    })
  }

  async function readAgain(key: StreamKey): Promise<Log | undefined> {
    const row = await rowOf(key)
    if (!row) return undefined
    turns.contested(key, row.contested, false)
    const pruned = prunedOf(row)
    const known = kept.get(streamId(key))
    const isAhead = known?.epoch === row._id && known.head.seq > later(headOf(row), pruned).seq
    const newer = isAhead ? await readOn(key, known.head) : undefined
    const head = newer?.isThere ? newer.head : await readOnFromRow(key, row)
    return keep({ key, epoch: row._id, head, pruned })
  }

  async function readOnFrom(log: Log): Promise<Log | undefined> {
    const known = kept.get(streamId(log.key))
    // Only for so long is nothing removed that has been appended since.
    if (!known || performance.now() - known.seenAt > trustMs) return find(log.key)
    const { head, isThere } = await readOn(log.key, later(known.head, log.head))
    if (!isThere) return find(log.key)
    const newer = { ...known, head }
    kept.set(streamId(log.key), newer)
    return newer
  }

  /** Changes the log's own row in the background. A failure does no harm. */
  function changeRow({ key, epoch }: Log, update: Update<StreamDocument>, isContest: boolean): void {
    const { workspace_id, stream } = key
    const write = database.deadlines
      .within(() => streams.changeAndRead({ workspace_id, stream, _id: epoch }, update))
      .then((row) => row && turns.contested(key, row.contested, isContest))
      .catch(() => undefined)
    writing.add(write)
    void write.then(() => writing.delete(write))
  }

  /** Where this fails, the head is found by reading on. */
  function saveHead(log: Log, head: Head): void {
    changeRow(log, { $set: { head_seq: head.seq, head_nth: head.nth, head_id: head.id } }, false)
  }

  return {
    streams,
    entries,
    rowOf,
    find,
    open,
    readAgain,
    readOn: readOnFrom,

    headKnown(key, epoch) {
      const known = kept.get(streamId(key))
      return known?.epoch === epoch ? known.head : undefined
    },

    learn(key, epoch, entry) {
      const known = kept.get(streamId(key))
      if (known?.epoch === epoch && entry.seq > known.head.seq)
        kept.set(streamId(key), { ...known, head: entry })
    },

    moved(log, head, isSaved) {
      const isDue = isSaved || Math.floor(head.seq / saveHeadEvery) > Math.floor(log.head.seq / saveHeadEvery)
      if (isDue) saveHead(log, head)
      return keep({ ...log, head })
    },

    contest: (log) => changeRow(log, { $inc: { contested: 1 } }, true),

    forget,

    async idle() {
      await Promise.all(writing)
    },
  }
}

const placeFields = ['seq', 'nth', '_id'] as const

function placeOf({ seq, nth, _id: id }: Pick<EntryDocument, (typeof placeFields)[number]>): Head {
  return { seq, nth, id }
}

function later(a: Head, b: Head): Head {
  return a.seq > b.seq ? a : b
}

function headOf({ head_seq, head_nth, head_id }: StreamDocument): Head {
  return { seq: head_seq, nth: head_nth, id: head_id }
}

/** A stream's document. Its epoch is the document's id; its head, where nothing is saved yet, is where it begins. */
export function toStreamDocument(workspace_id: string, { epoch, ...row }: StreamRow): StreamDocument {
  const { seq, nth, id } = prunedOf(row)
  return {
    _id: epoch,
    workspace_id,
    ...row,
    head_seq: seq,
    head_nth: nth,
    head_id: id,
    removing: null,
    last_begun: null,
    contested: 0,
  }
}
