import type { Deletion, MessageChange } from '@dowellchat/protocol'
import type { EntryRow } from '../fields/streams.ts'
import type { DamagedRow } from '../health.ts'
import type { Log } from '../log.ts'
import { messageOf, newPlace } from '../message.ts'
import { isReply, quoting } from '../quoting.ts'
import type { Appended, MessageDraft, Placed } from '../store.ts'
import type { Database } from './database.ts'
import type { EntryDocument, Logs } from './logs.ts'
import { toldText } from './pages.ts'
import type { Turns } from './turns.ts'
import { oneOf } from './where.ts'

/** An entry that is no message and has no place in its stream yet. */
export interface SilentDraft extends Pick<EntryRow, 'author' | 'cid' | 'fingerprint' | 'sid'> {
  readonly type: Exclude<EntryRow['type'], null>
  /** Its own columns. */
  readonly columns?: Pick<EntryRow, 'about' | 'aspect'>
  entryOf(placed: Placed): Deletion | MessageChange
}

/** Something to append, and what has become of it. */
export interface Open {
  readonly draft: MessageDraft | SilentDraft
  answer?: Appended
}

/** Gives drafts their places, and answers each. What is no message comes alone. @param isRead whether the log was read just now */
export type Place = (log: Log, all: readonly Open[], isRead?: boolean) => Promise<void>

/** After so many there is a pause. */
const mostTries = 8
/** Who was met so often may not know of this server. */
const contestAfter = 2

/**
 * Inserts at head + 1 under the unique key of the place. Whoever finds a key taken looks whether it is a cid's, which is
 * answered, or somebody else was faster: then it reads on from the head and tries again.
 */
export function placing(
  { deadlines }: Database,
  logs: Logs,
  turns: Turns,
  report: (row: DamagedRow) => void,
): Place {
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
        else for (const one of ofAuthor) answerRepeated(one, { ...row, text: toldText(row, key, report) })
      }
    }
  }

  /** The drafts as they are appended after the head that is known: a removal after that finds the replies. */
  async function draftsOf({ key: { workspace_id, stream } }: Log, open: readonly Open[]) {
    const drafts = open.map(({ draft }) => draft)
    const replies = drafts.filter(isReply)
    if (replies.length === 0) return drafts
    const seq = oneOf(replies.map(({ reply_seq }) => reply_seq))
    const rows = await entries.find({ workspace_id, stream, seq }, { fields: ['_id', 'seq', 'type', 'text'] })
    const bySeq = new Map(rows.map((row) => [row.seq, row]))
    return drafts.map((draft) => (isReply(draft) ? quoting(draft, bySeq.get(draft.reply_seq)) : draft))
  }

  /** Inserts as many as there is place for, and answers these; the log as it is then. */
  async function insert(log: Log, open: readonly Open[]): Promise<Log> {
    const rows = (await draftsOf(log, open)).map((draft, at) => entryRow(log, at + 1, draft))
    const startedAt = performance.now()
    const inserted = await entries.insert(rows)
    for (const [at, row] of rows.slice(0, inserted).entries()) (open[at] as Open).answer = createdEntry(row)
    const last = rows[inserted - 1]
    if (!last) return log
    const isTurnOver = turns.appended(log.key, last.seq, inserted, performance.now() - startedAt)
    return logs.moved(log, { seq: last.seq, nth: last.nth, id: last._id }, isTurnOver)
  }

  /** Waits for its turn, and reads on where others had it. @param isRead whether the log was read just now */
  async function begin(log: Log, isRead: boolean): Promise<Log> {
    const waiting = turns.wait(log.key)
    if (!waiting && isRead) return log
    await waiting
    const reason = turns.mayHaveMissed(log.key)
    if (!reason) return log
    const now = (await (reason === 'turn' ? logs.readAgain(log.key) : logs.readOn(log))) ?? log
    if (now.head.seq > log.head.seq) turns.met(log.key, now.head.seq)
    else turns.passed(log.key)
    return now
  }

  /** Inserts until all are answered, or others were faster too often; answers the log as it is then. */
  async function insertAll(log: Log, all: readonly Open[], isRead: boolean): Promise<Log> {
    let now = log
    for (let tries = 1; tries <= mostTries && all.some(isOpen); tries++) {
      now = await begin(now, isRead || tries > 1)
      const moved = await insert(now, all.filter(isOpen))
      const open = all.filter(isOpen)
      if (open.length === 0) return moved
      now = (await logs.readOn(moved)) ?? moved
      if (now.head.seq === moved.head.seq) {
        // The place was free, so the cid was taken.
        await answerKnown(now, open)
      } else {
        turns.met(log.key, now.head.seq)
        if (tries % contestAfter === 0) logs.contest(now)
      }
    }
    return now
  }

  return async (log, all, isRead = false) => {
    let [now, isNew] = [log, isRead]
    await deadlines.persist(async () => {
      now = await insertAll(now, all, isNew)
      isNew = false
      return all.some(isOpen) ? undefined : true
    })
  }
}

function isOpen({ answer }: Open): boolean {
  return !answer
}

/** An entry at so many places after the head. */
function entryRow({ key, head }: Log, after: number, draft: Open['draft']): EntryDocument {
  const { workspace_id, stream } = key
  const isSilent = 'entryOf' in draft
  const placed = newPlace(head.seq + after, isSilent ? head.nth : head.nth + after)
  const { author, cid, fingerprint, sid } = draft
  const text = JSON.stringify(isSilent ? draft.entryOf(placed) : messageOf(draft, placed, stream))
  const type = isSilent ? draft.type : null
  const row = { ...placed, workspace_id, stream, author, cid, fingerprint, sid, type, text }
  const columns = isSilent ? draft.columns : linkedColumns(draft)
  // A plain message is written without the fields that it does not have; they read as null.
  return (columns ? { ...row, ...columns } : row) as EntryDocument
}

/** The fields of a message that answers another or mentions somebody. */
function linkedColumns(draft: MessageDraft): Partial<EntryRow> | undefined {
  const { mentioned = [] } = draft
  const isAnswer = isReply(draft)
  if (!isAnswer && mentioned.length === 0) return undefined
  return { ...(isAnswer && { about: draft.reply_seq }), ...(mentioned.length > 0 && { mentioned }) }
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
