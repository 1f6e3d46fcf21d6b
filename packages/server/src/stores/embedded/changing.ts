import { limits, type Message } from '@dowellchat/protocol'
import {
  aspectOf,
  type ChangedRow,
  changeable,
  changedRow,
  changeOf,
  cidTaken,
  type Decided,
  decide,
  type GivenReaction,
  type Looked,
  noMessage,
  reactorsLooked,
} from '../changing.ts'
import type { EntryRow } from '../fields/streams.ts'
import { newPlace } from '../message.ts'
import type { ChangeDraft, StreamStore } from '../store.ts'
import type { EmbeddedLog, Logs } from './logs.ts'
import { mentionedText } from './mentions.ts'
import type { MessageAt } from './message-at.ts'
import type { Sync } from './operations.ts'
import type { SearchedLog } from './search/index.ts'
import type { Database } from './sqlite.ts'

/** Changes messages, each in the transaction that appends the entry that says so. */
export function embeddedChanging(
  db: Database,
  logs: Logs,
  messageAt: MessageAt,
  searched: Pick<SearchedLog, 'edited'>,
): Sync<StreamStore>['change'] {
  const byCid = db.prepare<Pick<EntryRow, 'fingerprint'>>(
    'SELECT fingerprint FROM entries WHERE cid = ? AND stream_n = ? AND author = ?',
  )
  const given = db.prepare<GivenReaction>(
    'SELECT seq, author FROM entries WHERE stream_n = ? AND about = ? AND aspect = ? AND author = ?',
  )
  const reactors = db.prepare<Pick<EntryRow, 'author'>>(
    `SELECT author FROM entries WHERE stream_n = ? AND about = ? AND aspect = ? ORDER BY author LIMIT ${reactorsLooked}`,
  )
  const pins = db.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM
     (SELECT 1 FROM entries WHERE stream_n = ? AND pinned_seq IS NOT NULL LIMIT ${limits.pins})`,
  )
  const rest = db.prepare<Pick<EntryRow, 'original' | 'pinned_seq'>>(
    'SELECT original, pinned_seq FROM entries WHERE stream_n = ? AND seq = ?',
  )
  const insert = db.prepare(
    `INSERT INTO entries (stream_n, seq, nth, id, type, author, cid, fingerprint, text, about, aspect)
     VALUES (?, ?, ?, ?, 'change', ?, ?, ?, ?, ?, ?)`,
  )
  const update = db.prepare(
    'UPDATE entries SET text = ?, original = ?, pinned_seq = ? WHERE stream_n = ? AND seq = ?',
  )
  const mention = db.prepare('UPDATE entries SET mentioned = ? WHERE stream_n = ? AND seq = ?')
  const takeBack = db.prepare('UPDATE entries SET about = NULL, aspect = NULL WHERE stream_n = ? AND seq = ?')

  /** Where the asker has used the cid, under any of their ids. */
  function known({ n }: EmbeddedLog, { cid, user_ids, isErasing }: ChangeDraft) {
    if (isErasing) return undefined
    return user_ids.map((author) => byCid.get(cid, n, author)).find((found) => found !== undefined)
  }

  function lookUp({ n }: EmbeddedLog, { content, user_ids, target: { seq } }: ChangeDraft): Looked {
    if (content.change === 'pinned') return { pins: pins.get(n)?.count ?? 0 }
    if (!('reaction' in content)) return {}
    const { change, reaction } = content
    const own = user_ids.map((author) => given.get(n, seq, reaction, author)).find((one) => one !== undefined)
    if (change === 'reacted' || !own) return { given: own }
    return { given: own, reactors: reactors.all(n, seq, reaction).map(({ author }) => author) }
  }

  /** Appends the change, and answers the message as it is then. */
  function append(log: EmbeddedLog, message: Message, draft: ChangeDraft, decided: Decided): string {
    const { nth } = log.head
    const placed = newPlace(log.head.seq + 1, nth)
    const entry = changeOf(log.key.stream, placed, draft.cid, decided)
    const author = decided.by ?? ''
    // Nobody has no cids.
    const cid = author === '' ? placed._id : draft.cid
    const { about, aspect } = aspectOf(decided)
    const text = JSON.stringify(entry)
    insert.run(log.n, placed.seq, nth, placed._id, author, cid, draft.fingerprint, text, about, aspect)
    log.head = { seq: placed.seq, nth, id: placed._id }
    const row = rest.get(log.n, message.seq) ?? { original: null, pinned_seq: null }
    // A change is newer than all that the message has seen.
    const left = changedRow(message, row, entry, decided) as ChangedRow
    update.run(left.text, left.original, left.pinned_seq, log.n, message.seq)
    if (decided.change === 'edited') edit(log, message, left.text)
    if (left.mentioned !== undefined) mention.run(mentionedText(left), log.n, message.seq)
    return left.text
  }

  function edit(log: EmbeddedLog, was: Message, text: string): void {
    const { seq, author } = was
    const row = { seq, author: author ?? '' }
    searched.edited(log, { ...row, text: JSON.stringify(was) }, { ...row, text })
  }

  return (key, draft) => {
    const log = logs.find(key)
    const text = messageAt(log, draft.target.seq)
    if (!log || text === undefined) return noMessage
    const unchanged = { changed: false, text, head: log.head.seq }
    const repeated = known(log, draft)
    if (repeated) return repeated.fingerprint === draft.fingerprint ? unchanged : cidTaken(draft.cid)
    const message = changeable(text, draft.target)
    if (!message) return noMessage
    const looked = lookUp(log, draft)
    const decided = decide(message, draft, looked)
    if (!decided) return unchanged
    if ('refused' in decided) return decided
    if (looked.given) takeBack.run(log.n, looked.given.seq)
    return { changed: true, text: append(log, message, draft, decided), head: log.head.seq }
  }
}
