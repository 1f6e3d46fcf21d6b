import { messageOf, newPlace } from '../message.ts'
import { type AnsweredRow, isReply, quoting } from '../quoting.ts'
import type { Appended, MessageDraft, Placed, SearchStore, StreamStore } from '../store.ts'
import { damageOf } from '../whole-entries.ts'
import { badPages } from './bad-pages.ts'
import { embeddedChanged } from './changed.ts'
import { embeddedChanging } from './changing.ts'
import { closerLook } from './closer-look.ts'
import type { Report } from './damage.ts'
import { embeddedEnds } from './ends.ts'
import { embeddedFinder, embeddedTimes } from './finder.ts'
import { type EmbeddedLog, embeddedLogs } from './logs.ts'
import { embeddedMentions, isLinked, mentionedText, mentionRows } from './mentions.ts'
import { embeddedMessageAt } from './message-at.ts'
import type { Sync } from './operations.ts'
import { embeddedPages } from './pages.ts'
import { embeddedRemoving } from './removing.ts'
import { embeddedRetention } from './retention.ts'
import { embeddedSearch } from './search/index.ts'
import type { Database } from './sqlite.ts'

/** The streams' domain, and the index of their messages; `forgetLogs` drops what is kept of them in memory. */
export interface EmbeddedStreams extends Sync<StreamStore> {
  readonly search: Sync<SearchStore>
  forgetLogs(): void
}

/**
 * The columns of a message in the order in which `appendOne` gives their values: by the field table an append would take
 * 4 % longer. A test compares them with it.
 */
export const appended: readonly string[] = ['seq', 'nth', 'id', 'author', 'cid', 'fingerprint', 'sid', 'text']

/** The further columns of a message that answers another or mentions somebody. */
export const linked: readonly string[] = ['about', 'mentioned']

/** The logs of all streams, appended to in the order of the calls. */
export function embeddedStreams(db: Database, report: Report): EmbeddedStreams {
  const logs = embeddedLogs(db, report)
  const bads = badPages(db, report)
  const pages = embeddedPages(db, report)
  const search = embeddedSearch(db, logs, bads)
  const prune = embeddedRetention(db, logs, { searched: search.log, bads, report })
  const look = closerLook(db, report)
  const messageAt = embeddedMessageAt(look)
  const remove = embeddedRemoving(db, logs, search.log)
  const insert = db.prepare(
    `INSERT INTO entries (stream_n, ${appended.join(', ')}) VALUES (?${', ?'.repeat(appended.length)})
     ON CONFLICT (cid, stream_n, author) DO NOTHING`,
  )
  const insertLinked = db.prepare(
    `INSERT INTO entries (stream_n, ${[...appended, ...linked].join(', ')})
     VALUES (?${', ?'.repeat(appended.length + linked.length)}) ON CONFLICT (cid, stream_n, author) DO NOTHING`,
  )
  const answered = db.prepare<AnsweredRow>(
    'SELECT id AS _id, type, text FROM entries WHERE stream_n = ? AND seq = ?',
  )
  const byCid = db.prepare<{ _id: string; seq: number; nth: number; fingerprint: string; text: string }>(
    'SELECT id AS _id, seq, nth, fingerprint, text FROM entries WHERE cid = ? AND stream_n = ? AND author = ?',
  )
  const endOf = embeddedEnds(db, look)
  const mentionsIn = embeddedMentions(db)
  const mention = mentionRows(db)
  const seqIn = embeddedFinder(db)
  const lastIn = embeddedTimes(db)
  const names = db.prepare<{ stream: string }>(
    'SELECT stream FROM streams WHERE workspace_id = ? AND stream > ? ORDER BY stream LIMIT ?',
  )

  function appendOne(log: EmbeddedLog, asked: MessageDraft): Appended {
    const draft = isReply(asked) ? quoting(asked, answered.get(log.n, asked.reply_seq)) : asked
    const seq = log.head.seq + 1
    const nth = log.head.nth + 1
    const placed = newPlace(seq, nth)
    const text = JSON.stringify(messageOf(draft, placed, log.key.stream))
    const { author, cid, fingerprint, sid } = draft
    const values = [log.n, seq, nth, placed._id, author, cid, fingerprint, sid, text] as const
    const { changes } = isLinked(draft)
      ? insertLinked.run(...values, draft.reply_seq ?? null, mentionedText(draft))
      : insert.run(...values)
    if (changes === 0) return repeated(log, draft)
    if (draft.mentioned) mention(log.n, { nth, mentioned: draft.mentioned })
    log.head = { seq, nth, id: placed._id }
    return { created: true, placed, text }
  }

  function repeated(log: EmbeddedLog, { cid, author, fingerprint }: MessageDraft): Appended {
    const row = byCid.get(cid, log.n, author)
    if (row?.fingerprint !== fingerprint) return { conflict: 'cid' }
    const isWhole = damageOf(row.text, { ...row, stream: log.key.stream }) === undefined
    const told = isWhole ? row : look(log, { low: row.seq, high: row.seq, messagesOnly: false })[0]
    // The text is a message's that this engine made.
    const { _id, seq, nth, created_at } = JSON.parse(told?.text ?? '') as Placed
    return { created: false, placed: { _id, seq, nth, created_at }, text: told?.text ?? '' }
  }

  return {
    append(key, drafts) {
      const log = logs.open(key)
      return { epoch: log.epoch, appended: drafts.map((draft) => appendOne(log, draft)) }
    },

    open(key) {
      logs.open(key)
    },

    has(key, author, cid) {
      const log = logs.find(key)
      return log !== undefined && byCid.get(cid, log.n, author) !== undefined
    },

    seqOf(key, id) {
      const log = logs.find(key)
      return log ? seqIn(log, id) : null
    },

    madeBefore(key, at) {
      const log = logs.find(key)
      return log ? lastIn(log, at) : 0
    },

    names: (workspaceId, after, limit) => names.all(workspaceId, after, limit).map(({ stream }) => stream),

    mentionsAfter(key, userIds, nth) {
      const log = logs.find(key)
      return log ? mentionsIn(log, userIds, nth) : 0
    },

    head(key) {
      return logs.find(key)?.head.seq ?? 0
    },

    entries(key, after) {
      const log = logs.find(key)
      return { epoch: log?.epoch ?? '', entries: log ? pages.entries(log, after) : [] }
    },

    grown(known) {
      const news = known.filter((one) => (logs.findWhole(one)?.head.seq ?? 0) > one.seq)
      return news.map(({ workspace_id, stream }) => ({ workspace_id, stream }))
    },

    ends: (asked) =>
      asked.map((one) => {
        const log = logs.findWhole(one)
        return log ? endOf(log, one) : null
      }),

    page(key, range) {
      const log = logs.find(key)
      return log ? { text: pages.page(log, range), head: log.head.seq } : null
    },

    messages(key, max) {
      const log = logs.find(key)
      return log ? { text: pages.messages(log, max), head: log.head.seq } : { text: '[]', head: 0 }
    },

    prune,

    remove,

    message: (key, seq) => messageAt(logs.find(key), seq) ?? null,

    change: embeddedChanging(db, logs, messageAt, search.log),

    ...embeddedChanged(db, logs, messageAt),

    search: search.store,

    forgetLogs() {
      logs.forget()
      search.forget()
    },
  }
}
