import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import { messageOf } from '../message.ts'
import { deletionOf } from '../removal.ts'
import {
  type Appended,
  type MessageDraft,
  type Placed,
  type StreamKey,
  type StreamStore,
  streamId,
} from '../store.ts'
import { type Asked, batches } from './batches.ts'
import type { Database } from './database.ts'
import { type EntryDocument, type Logs, mongoLogs } from './logs.ts'
import { mongoPages } from './pages.ts'
import { type DeletionDraft, mongoRemoving } from './removing.ts'
import { mongoRetention } from './retention.ts'
import { oneOf } from './where.ts'

/** Something to append, and what has become of it. */
export interface Open {
  readonly draft: MessageDraft | DeletionDraft
  answer?: Appended
}

interface Answer {
  readonly epoch: string
  readonly appended: Appended[]
}

/** One call of `append`. */
interface Append extends Asked<Answer> {
  readonly open: readonly Open[]
}

/** The streams' domain; `idle` resolves when nothing is written any more that nobody waits for. */
export interface MongoStreams {
  readonly store: StreamStore
  idle(): Promise<void>
}

/** The logs of all streams. */
export function mongoStreams(database: Database): MongoStreams {
  const logs = mongoLogs(database)
  const { entries, streams } = logs
  const place = placing(database, logs)
  const { remove, settled } = mongoRemoving(database, logs, place)
  const pages = mongoPages(database, { entries, find: settled })
  const appends = batches<StreamKey, Answer, Append>(database.deadlines, streamId, appendAll)

  async function appendAll(key: StreamKey, calls: readonly Append[]): Promise<void> {
    const log = await logs.open(key)
    try {
      await place(
        log,
        calls.flatMap(({ open }) => open),
      )
    } catch (error) {
      // Nobody can tell how far it came.
      logs.forget(key)
      throw error
    } finally {
      for (const call of calls) answerAppend(call, log.epoch)
    }
  }

  const store: StreamStore = {
    async append(key, drafts) {
      const asked: Append = { open: drafts.map((draft) => ({ draft })) }
      return appends.ask(key, asked)
    },

    async open(key) {
      await logs.open(key)
    },

    async has({ workspace_id, stream }, author, cid) {
      const entry = await entries.get({ workspace_id, stream, author, cid }, ['seq'])
      if (!entry) return false
      const row = await streams.get({ workspace_id, stream }, ['pruned_seq'])
      return row !== undefined && row.pruned_seq < entry.seq
    },

    async head(key) {
      return (await logs.find(key))?.head.seq ?? 0
    },

    async entries({ workspace_id, stream }, after) {
      const [row, following] = await Promise.all([
        streams.get({ workspace_id, stream }, ['_id']),
        pages.entries({ workspace_id, stream }, after),
      ])
      return { epoch: row?._id ?? '', entries: row ? following : [] }
    },

    page: pages.page,

    messages: pages.messages,

    prune: mongoRetention(database, logs),

    // Between two batches, so that it does not get in the way of this process's appends.
    remove: (key, removal) => appends.step(key, () => remove(key, removal)),
  }
  return { store, idle: logs.idle }
}

/** A call is answered when all of its drafts are. */
function answerAppend(call: Append, epoch: string): void {
  const appended = call.open.flatMap(({ answer }) => answer ?? [])
  if (appended.length === call.open.length) call.answer = { epoch, appended }
}

/** Gives drafts their places, and answers each. A deletion comes alone. */
export type Place = (log: Log, all: readonly Open[]) => Promise<void>

/**
 * Inserts at head + 1 under the unique key of the place. Whoever finds a key taken looks whether it is a cid's, which is
 * answered, or somebody else was faster: then it reads on from the head and tries again.
 */
function placing({ deadlines }: Database, logs: Logs): Place {
  const { entries } = logs

  /** Answers the drafts whose cids the stream knows. */
  async function answerKnown({ key, pruned }: Log, open: readonly Open[]): Promise<void> {
    const { workspace_id, stream } = key
    for (const author of new Set(open.map(({ draft }) => draft.author))) {
      const ofAuthor = open.filter(({ draft }) => draft.author === author)
      const cid = oneOf(ofAuthor.map(({ draft }) => draft.cid))
      for (const row of await entries.find({ workspace_id, stream, author, cid })) {
        // Removed, but for a removal that was cut off.
        if (row.seq <= pruned.seq) await entries.remove({ workspace_id, stream, seq: row.seq })
        else for (const one of ofAuthor) answerRepeated(one, row)
      }
    }
  }

  return async (log, all) => {
    let now = log
    await deadlines.persist(async () => {
      const open = all.filter(({ answer }) => !answer)
      if (open.length === 0) return true
      const rows = open.map(({ draft }, at) => entryRow(now, at + 1, draft))
      const inserted = await entries.insert(rows)
      for (const [at, row] of rows.slice(0, inserted).entries()) (open[at] as Open).answer = createdEntry(row)
      const last = rows[inserted - 1]
      if (last) now = logs.moved(now, { seq: last.seq, nth: last.nth, id: last._id })
      if (inserted === rows.length) return true
      now = (await logs.find(log.key)) ?? now
      await answerKnown(now, open.slice(inserted))
      return undefined
    })
  }
}

/** An entry at so many places after the head. */
function entryRow({ key, head }: Log, after: number, draft: Open['draft']): EntryDocument {
  const { workspace_id, stream } = key
  const isDeletion = 'targets' in draft
  const placed = {
    _id: newId(),
    seq: head.seq + after,
    nth: isDeletion ? head.nth : head.nth + after,
    created_at: new Date().toISOString(),
  }
  const { author, cid, fingerprint, sid } = draft
  const entry = isDeletion ? deletionOf(stream, placed, draft) : messageOf(draft, placed, stream)
  const type = isDeletion ? 'deletion' : null
  return { ...placed, workspace_id, stream, author, cid, fingerprint, sid, type, text: JSON.stringify(entry) }
}

function createdEntry(row: EntryDocument): Appended {
  return { created: true, placed: placedOf(row), text: row.text }
}

function answerRepeated(one: Open, row: EntryDocument): void {
  const { cid, fingerprint } = one.draft
  if (cid !== row.cid) return
  const isSame = fingerprint === row.fingerprint
  one.answer = isSame ? { created: false, placed: placedOf(row), text: row.text } : { conflict: 'cid' }
}

function placedOf({ _id, seq, nth, created_at }: EntryDocument): Placed {
  return { _id, seq, nth, created_at }
}
