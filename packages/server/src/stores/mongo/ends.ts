import type { Head } from '@dowellchat/protocol'
import { planLast, planUnread, type UnreadSpan } from '../ends.ts'
import { prunedOf } from '../fields/streams.ts'
import { grouped } from '../grouped.ts'
import type { DamagedRow } from '../health.ts'
import { type Place, runPlannerAsync } from '../places.ts'
import { type EndAsked, type StreamEnd, type StreamKey, type StreamStore, streamId } from '../store.ts'
import { finding } from './finding.ts'
import { inLanes } from './lanes.ts'
import type { Logs, MongoLog } from './logs.ts'
import { toldText } from './pages.ts'
import { oneOf, within } from './where.ts'

interface Counted extends UnreadSpan {
  readonly asked: EndAsked
  readonly log: MongoLog
  readonly user_ids: readonly string[]
  readonly unseen: number
}

type Count = Pick<StreamEnd, 'unread' | 'mentions'>

interface AuthorCount {
  readonly _id: StreamKey & { readonly author: string }
  readonly count: number
}

/** After a head that is saved there are seldom more. */
const readOn = 200

type Parts = Pick<Logs, 'streams' | 'entries' | 'headKnown' | 'learn'> & {
  /** The log as it is now, with no removal half done. */
  readonly settled: (key: StreamKey) => Promise<MongoLog | undefined>
  readonly report: (row: DamagedRow) => void
}

/** Where streams end. Of all streams together it asks for their rows, for what came after the heads that these have saved, and for their last messages. */
export function mongoEnds({
  streams,
  entries,
  headKnown,
  learn,
  settled,
  report,
}: Parts): StreamStore['ends'] {
  const nextOf = ({ workspace_id, stream }: StreamKey, seq: number) => ({
    workspace_id,
    stream,
    seq: within(seq + 1, seq + readOn),
  })
  const two = (['one', 'other'] as const).map((stream) => nextOf({ workspace_id: '', stream }, 0))
  const { findAny, aggregateAny } = finding(
    entries,
    two as [ReturnType<typeof nextOf>, ReturnType<typeof nextOf>],
  )

  /** The logs of one workspace's streams, as far as their own rows and this process know them. */
  async function savedLogs(workspace_id: string, names: readonly string[]): Promise<MongoLog[]> {
    const rows = await streams.find({ workspace_id, stream: oneOf(names) })
    return rows.map((row) => {
      const key = { workspace_id, stream: row.stream }
      const pruned = prunedOf(row)
      const saved: Head = { seq: row.head_seq, nth: row.head_nth, id: row.head_id }
      const head = [saved, pruned, headKnown(key, row._id)].reduce<Head>(
        (highest, one) => (one && one.seq > highest.seq ? one : highest),
        pruned,
      )
      const { removing, last_begun } = row
      return { key, epoch: row._id, head, pruned, removing, last_begun }
    })
  }

  /** The logs as they are now. */
  async function logsOf(asked: readonly StreamKey[]): Promise<Map<string, MongoLog>> {
    const byWorkspace = grouped(asked, ({ workspace_id }) => workspace_id)
    const saved = await inLanes([...byWorkspace], ([workspaceId, some]) =>
      savedLogs(workspaceId, [...new Set(some.map(({ stream }) => stream))]),
    )
    const logs = new Map(saved.flat().map((log) => [streamId(log.key), log]))
    const newer = grouped(
      await findAny(
        [...logs.values()].map(({ key, head }) => nextOf(key, head.seq)),
        ['workspace_id', 'stream', 'seq', 'nth', '_id'],
      ),
      streamId,
    )
    await inLanes([...logs], async ([id, log]) => {
      const rows = newer.get(id) ?? []
      const last = rows.toSorted((a, b) => a.seq - b.seq).at(-1)
      const isWhole = rows.length < readOn && log.removing === null
      const now = isWhole
        ? { ...log, head: last ? { seq: last.seq, nth: last.nth, id: last._id } : log.head }
        : await settled(log.key)
      if (now) logs.set(id, now)
      // What only the row says was not looked at.
      if (now && (last || !isWhole)) learn(log.key, now.epoch, now.head)
    })
    return logs
  }

  const placesOf =
    ({ key: { workspace_id, stream } }: MongoLog) =>
    async (seq: number): Promise<Place | undefined> => {
      const row = await entries.get({ workspace_id, stream, seq }, ['_id', 'nth'])
      return row && { id: row._id, nth: row.nth }
    }

  /** The last messages, by their streams. */
  async function lastOf(logs: readonly MongoLog[]): Promise<Map<string, string>> {
    const places = await inLanes(logs, async (log) => {
      const seq = await runPlannerAsync(planLast(log), placesOf(log))
      const { workspace_id, stream } = log.key
      return seq === undefined ? [] : [{ workspace_id, stream, seq }]
    })
    const rows = await findAny(places.flat(), ['workspace_id', 'stream', 'seq', 'nth', '_id', 'text', 'type'])
    return new Map(rows.map((row) => [streamId(row), toldText(row, row, report)]))
  }

  /** How many messages of each author there are in some spans, each of another stream. */
  async function countAuthors(spans: readonly Counted[]): Promise<ReadonlyMap<Counted, number>> {
    const counts = await aggregateAny<AuthorCount>(
      spans.map(({ log: { key }, low, high }) => ({ ...keyOf(key), seq: within(low, high) })),
      [
        { $match: { type: null } },
        {
          $group: {
            _id: { workspace_id: '$workspace_id', stream: '$stream', author: '$author' },
            count: { $sum: 1 },
          },
        },
      ],
    )
    const byStream = grouped(counts, ({ _id }) => streamId(_id))
    const othersIn = ({ log, user_ids, unseen }: Counted) =>
      (byStream.get(streamId(log.key)) ?? [])
        .filter(({ _id }) => !user_ids.includes(_id.author))
        .reduce((sum, { count }) => sum + count, unseen)
    return new Map(spans.map((span) => [span, othersIn(span)]))
  }

  /** Counts the messages in the spans of each stream from its entries. */
  async function countTogether(streams: readonly (readonly Counted[])[]): Promise<[EndAsked, Count][]> {
    const found = await findAny(
      streams.map((spans) => {
        const { low, high } = unionOf(spans)
        return { ...keyOf((spans[0] as Counted).log.key), seq: within(low, high) }
      }),
      ['workspace_id', 'stream', 'seq', 'author', 'type', 'mentioned'],
    )
    const byStream = grouped(
      found.filter(({ type }) => type === null),
      streamId,
    )
    return streams.flat().map(({ asked, log, user_ids, low, high, unseen }) => {
      const all = (byStream.get(streamId(log.key)) ?? []).filter(({ seq }) => seq >= low && seq <= high)
      const others = all.filter(({ author }) => !user_ids.includes(author ?? ''))
      const naming = all.filter(({ mentioned }) => mentioned?.some((id) => user_ids.includes(id)))
      return [asked, { unread: others.length + unseen, mentions: naming.length }]
    })
  }

  /** How many messages of others follow each mark; where there are none, it has no count. */
  async function countUnread(
    asked: readonly EndAsked[],
    logs: ReadonlyMap<string, MongoLog>,
  ): Promise<ReadonlyMap<EndAsked, Count>> {
    const spans = await inLanes(asked, async (one) => {
      const log = logs.get(streamId(one))
      const span = log && one.mark && (await runPlannerAsync(planUnread(log, one.mark), placesOf(log)))
      return span ? [{ asked: one, log, user_ids: one.mark?.user_ids ?? [], ...span }] : []
    })
    const [near, far] = nearTheEnd(spans.flat())
    const unread = new Map(await countTogether(near))
    // Other marks of one stream are counted one after the other.
    for (let left = far; left.length > 0; ) {
      const first = new Map(left.map((span) => [streamId(span.log.key), span]))
      for (const [{ asked }, count] of await countAuthors([...first.values()]))
        unread.set(asked, { unread: count, mentions: null })
      left = left.filter((span) => first.get(streamId(span.log.key)) !== span)
    }
    return unread
  }

  return async (asked) => {
    const logs = await logsOf(asked)
    const shown = new Set(asked.filter(({ withLast }) => withLast).map(streamId))
    const last = await lastOf([...logs].flatMap(([id, log]) => (shown.has(id) ? [log] : [])))
    const unread = await countUnread(asked, logs)
    return asked.map((one): StreamEnd | null => {
      const log = logs.get(streamId(one))
      if (!log) return null
      const { epoch, head } = log
      const text = one.withLast ? last.get(streamId(one)) : undefined
      return { epoch, head, last: text ?? null, ...(unread.get(one) ?? none) }
    })
  }
}

function keyOf({ workspace_id, stream }: StreamKey): StreamKey {
  return { workspace_id, stream }
}

const none: Count = { unread: 0, mentions: null }

/** So many entries for a mark, and so many for all marks of a stream, are read rather than counted by the database. */
const mostOfOne = 200
const mostOfAll = 1_000

/**
 * The spans that are near the end of their streams, by their streams, and all others. Who comes back has missed little, and the
 * marks of those who write in one room at a time are near each other: what they have not read is counted from the same entries.
 */
function nearTheEnd(spans: readonly Counted[]): [near: Counted[][], far: Counted[]] {
  const byStream = [...grouped(spans, ({ log }) => streamId(log.key)).values()]
  const isNear = (some: readonly Counted[]): boolean => {
    const { low, high } = unionOf(some)
    return high - low < Math.min(mostOfOne * some.length, mostOfAll)
  }
  return [byStream.filter(isNear), byStream.filter((some) => !isNear(some)).flat()]
}

/** From the lowest entry of several spans to the highest. */
function unionOf(spans: readonly UnreadSpan[]): UnreadSpan {
  const low = Math.min(...spans.map((span) => span.low))
  return { low, high: Math.max(...spans.map((span) => span.high)) }
}
