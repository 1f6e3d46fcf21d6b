import { type Head, limits } from '@dowellchat/protocol'
import type { DamagedRow } from '../health.ts'
import {
  type Appended,
  type AppendTurns,
  type EndAsked,
  type SearchStore,
  type StreamEnd,
  type StreamKey,
  type StreamStore,
  streamId,
} from '../store.ts'
import { type Asked, batches } from './batches.ts'
import { mongoChanged } from './changed.ts'
import { mongoChanging } from './changing.ts'
import type { Database } from './database.ts'
import { mongoEnds } from './ends.ts'
import { mongoFinder, mongoTimes } from './finder.ts'
import { mongoGrown } from './grown.ts'
import { mongoLogs } from './logs.ts'
import { lookups } from './lookups.ts'
import { mongoMessageAt } from './message-at.ts'
import { mongoPages } from './pages.ts'
import { mongoPendings } from './pending.ts'
import { type Open, placing } from './placing.ts'
import { mongoRemoving } from './removing.ts'
import { mongoRetention } from './retention.ts'
import { mongoSearch } from './search/index.ts'
import { mongoPlaces } from './search/places.ts'
import { searchRows } from './search/rows.ts'
import { mongoWords } from './search/words.ts'
import { threadRows } from './threads.ts'
import { ticketRows } from './ticket-rows.ts'
import { takingTurns } from './turns.ts'
import { above } from './where.ts'

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
  /** The index of the streams' messages. */
  readonly search: SearchStore
  readonly turns: AppendTurns
  /** Where a stream ends now; both 0 where there is no log. */
  endOf(key: StreamKey): Promise<Pick<Head, 'nth' | 'seq'>>
  idle(): Promise<void>
}

/** The logs of all streams. */
export function mongoStreams(database: Database, report: (row: DamagedRow) => void): MongoStreams {
  const turns = takingTurns()
  const logs = mongoLogs(database, turns)
  const { entries, streams } = logs
  const place = placing(database, logs, turns, report)
  const messageAt = mongoMessageAt(logs, report)
  const searched = searchRows(database)
  const words = mongoWords(
    searched,
    mongoPlaces({ threads: threadRows(database), tickets: ticketRows(database) }),
  )
  const removing = mongoRemoving(database, logs, place, words)
  const changing = mongoChanging(database, logs, { place, messageAt, words })
  const pendings = mongoPendings(logs, async (log, pending) => {
    if (pending.change) await changing.complete(log, pending.change)
    else await removing.complete(log, pending)
  })
  const { settled } = pendings
  const pages = mongoPages(database, { entries, find: settled }, report)
  const grown = mongoGrown(logs)
  const ends = mongoEnds({ ...logs, settled, report })
  const endOfOne = lookups<undefined, EndAsked, StreamEnd | null>(
    database.deadlines,
    () => '',
    (_key, asked) => ends(asked),
  )
  const appends = batches<StreamKey, Answer, Append>(database.deadlines, streamId, appendAll, turns.wait)

  async function appendAll(key: StreamKey, calls: readonly Append[]): Promise<void> {
    const { log, isRead } = await logs.open(key)
    try {
      await place(
        log,
        calls.flatMap(({ open }) => open),
        isRead,
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
      const row = await streams.get({ workspace_id, stream }, ['pruned_seq', 'removing'])
      if (!row) return false
      // One that has begun will be in the log, even if its server is gone.
      if (row.removing) await settled({ workspace_id, stream })
      const entry = await entries.get({ workspace_id, stream, author, cid }, ['seq'])
      return entry !== undefined && row.pruned_seq < entry.seq
    },

    seqOf: mongoFinder(logs),

    madeBefore: mongoTimes(logs),

    async names(workspace_id, after, limit) {
      const where = { workspace_id, stream: above(after) }
      const found = await streams.find(where, { fields: ['stream'], sort: { stream: 1 }, limit })
      return found.map(({ stream }) => stream)
    },

    async mentionsAfter({ workspace_id, stream }, userIds, nth) {
      // A message's seq is never below its nth.
      const where = { workspace_id, stream, seq: above(nth) }
      // MongoDB takes both conditions for one, and the index of mentions; what only resembles it looks up the first alone.
      const mentioning = { mentioned: { $in: userIds }, nth: { $gt: nth } }
      const stages = [{ $match: mentioning }, { $limit: limits.unread_counted }, { $count: 'count' }]
      const [found] = await entries.aggregate<{ count: number }>(where, stages)
      return found?.count ?? 0
    },

    async head(key) {
      return (await logs.find(key))?.head.seq ?? 0
    },

    async entries({ workspace_id, stream }, after) {
      const key = { workspace_id, stream }
      const [row, following] = await Promise.all([logs.rowOf(key), pages.entries(key, after)])
      if (!row) return { epoch: '', entries: [] }
      // So many may have been removed that nothing is left where it has looked.
      const { entries, last } = after < row.pruned_seq ? await pages.entries(key, row.pruned_seq) : following
      if (last) logs.learn(key, row._id, last)
      return { epoch: row._id, entries }
    },

    grown,

    async ends(asked) {
      const [one] = asked
      return one && asked.length === 1 && isPlain(one) ? [await endOfOne(undefined, one)] : ends(asked)
    },

    page: pages.page,

    messages: pages.messages,

    prune: mongoRetention(database, logs, searched.searched),

    // Between two batches, so that it does not get in the way of this process's appends.
    remove: (key, removal) => appends.step(key, () => removing.remove(pendings, key, removal)),

    change: (key, draft) => appends.step(key, () => changing.change(pendings, key, draft)),

    ...mongoChanged(database, logs, pendings, messageAt, report),
  }
  const endOf = async (key: StreamKey) => (await logs.find(key))?.head ?? { nth: 0, seq: 0 }
  const search = mongoSearch({ ...database, rows: searched, words, logs, settled, grown })
  return { store, search, turns, endOf, idle: logs.idle }
}

/** A call is answered when all of its drafts are. */
function answerAppend(call: Append, epoch: string): void {
  const appended = call.open.flatMap(({ answer }) => answer ?? [])
  if (appended.length === call.open.length) call.answer = { epoch, appended }
}

/** Whether no more is asked than where a stream ends. */
function isPlain({ mark, withLast = false }: EndAsked): boolean {
  return mark === undefined && !withLast
}
