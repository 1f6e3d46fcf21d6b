import type { Entry, Message } from '@dowellchat/protocol'
import type { People } from '../sockets/people.ts'
import type { DeliveryRow, Store, StreamEnd, StreamKey } from '../stores/store.ts'
import { dateNow, isoNow } from '../time.ts'
import { eventId } from './entries.ts'
import { failedBy } from './failed.ts'
import { type DoneUpTo, type Failed, type Follower, isoAt, type Outcome } from './follower.ts'
import { missedCallFollowing } from './missed-calls.ts'
import { type Posted, stopped } from './post.ts'
import { readersOf, type StreamReader } from './stream-readers.ts'
import type { UnreadEvent } from './unread-events.ts'
import { blockedBy, firstUnread, lastShown } from './unread-messages.ts'

export interface UnreadParts {
  readonly store: Pick<
    Store,
    'streams' | 'readers' | 'tickets' | 'threads' | 'rooms' | 'aliases' | 'users' | 'deliveries' | 'blocks'
  >
  readonly people: Pick<People, 'connected'>
  /** How long a message may be unseen. */
  readonly unreadMs: number
}

export interface UnreadOptions {
  readonly id: string
  readonly hasWorkspace: (workspaceId: string) => boolean
  readonly follows: (workspaceId: string, stream: string) => boolean
  readonly tell: (event: UnreadEvent) => Promise<Posted>
}

/** Somebody, how many messages they have not read of others whom they have not blocked, and whom they have. */
interface Unseeing {
  readonly reader: StreamReader
  readonly unread: number
  readonly blocked: ReadonlySet<string>
}

/** What is told of. */
interface Telling {
  readonly key: StreamKey
  readonly end: StreamEnd
  /** How often it was tried before. */
  readonly failures: number
}

/** What the first one has failed by, and whether all were tried. */
interface Told {
  readonly failed: Failed | undefined
  readonly isWhole: boolean
}

const dayMs = 24 * 60 * 60 * 1_000
const toldAtOnce = 8
/** A try that fails goes no further after so long: other streams wait for its place. */
const longestTryMs = 30_000
const countedAtOnce = 100
const nothing: Posted = { ok: true }

/**
 * Tells of people who are away and have not seen a message for a while: once for each stream, and again only when they have read
 * it since. Who is connected is looked at again later, after twice the time each.
 */
export function unreadFollower({ store, people, unreadMs }: UnreadParts, options: UnreadOptions): Follower {
  const { id: consumer, tell } = options
  const missedCall = missedCallFollowing({ store, unreadMs, consumer, tell })

  async function deliver(workspace_id: string, row: DeliveryRow): Promise<Outcome> {
    if (row.event_text !== null) return missedCall(workspace_id, row.event_text)
    const key = { workspace_id, stream: row.stream }
    const [end] = await store.streams.ends([{ ...key, withLast: true }])
    if (!end) return { done: { epoch: null, seq: 0, isAll: true } }
    const { madeBefore } = store.streams
    const from = row.seq ?? (await madeBefore(key, row.since))
    const old = await madeBefore(key, isoAt(dateNow() - unreadMs))
    if (old <= from) return doneUpTo(key, end, from)
    const unseeing = await countUnread(key, end, await unseeingOf(key, end, old))
    const { away, here } = await apart(workspace_id, unseeing)
    const { failed, isWhole } = await tellAll({ key, end, failures: row.failures }, away)
    if (failed) return { ...failed, givenUp: isWhole ? await triedForLong(key, end, row) : null }
    return here.length > 0 ? againLater(key, end, { from, old, here }) : doneUpTo(key, end, old)
  }

  /** Those who have not read up to a seq, and were not told since they have read last. */
  async function unseeingOf(key: StreamKey, end: StreamEnd, old: number): Promise<StreamReader[]> {
    const readers = (await readersOf(store, key)).filter(
      ({ mark }) => mark.seq < old && mark.nth < end.head.nth,
    )
    if (readers.length === 0) return []
    const ids = readers.map(({ user_id }) => user_id)
    const told = await store.deliveries.told(key.workspace_id, consumer, key.stream, ids)
    const upTo = new Map(told.map(({ user_id, nth }) => [user_id, nth]))
    return readers.filter(({ user_id, mark }) => (upTo.get(user_id) ?? 0) <= mark.nth)
  }

  async function countUnread(
    key: StreamKey,
    end: StreamEnd,
    readers: readonly StreamReader[],
  ): Promise<Unseeing[]> {
    const found: Unseeing[] = []
    for (let at = 0; at < readers.length; at += countedAtOnce) {
      const some = readers.slice(at, at + countedAtOnce)
      const blocked = await blockedBy(store, key.workspace_id, some)
      const ends = await store.streams.ends(
        some.map(({ mark, user_ids }, n) => ({
          ...key,
          mark: { ...mark, user_ids: [...user_ids, ...(blocked[n] ?? [])] },
        })),
      )
      for (const [n, reader] of some.entries())
        found.push({ reader, unread: ends[n]?.unread ?? 0, blocked: blocked[n] ?? new Set() })
    }
    return end.last === null ? [] : found.filter(({ unread }) => unread > 0)
  }

  async function apart(
    workspaceId: string,
    all: readonly Unseeing[],
  ): Promise<{ away: Unseeing[]; here: Unseeing[] }> {
    if (all.length === 0) return { away: [], here: [] }
    const { found, isCertain } = await people.connected(
      all.map(({ reader }) => [workspaceId, reader.user_id]),
    )
    // Who may be connected to a server that does not answer is looked at again.
    const isHere = (at: number): boolean => !isCertain || found.has(at)
    return { away: all.filter((_, at) => !isHere(at)), here: all.filter((_, at) => isHere(at)) }
  }

  /** Tells all of them, whoever of them cannot be told. */
  async function tellAll(telling: Telling, all: readonly Unseeing[]): Promise<Told> {
    const { key, end, failures } = telling
    const begun = performance.now()
    let failed: Failed | undefined
    // Each try begins elsewhere, so that nobody is always behind those whom a slow receiver spends it on.
    const start = all.length === 0 ? 0 : (failures * toldAtOnce) % all.length
    const inTurn = [...all.slice(start), ...all.slice(0, start)]
    let at = 0
    for (let isOver: boolean | undefined = false; at < inTurn.length && !isOver; at += toldAtOnce) {
      const some = inTurn.slice(at, at + toldAtOnce)
      const events = await Promise.all(some.map((one) => eventFor(telling, one)))
      const results = await Promise.all(events.map((event) => (event ? tell(event) : nothing)))
      const nth = end.head.nth
      const told = some.filter((_, n) => results[n]?.ok).map(({ reader: { user_id } }) => user_id)
      const notices = told.map((user_id) => ({ consumer, stream: key.stream, user_id, nth, at: isoNow() }))
      if (notices.length > 0) await store.deliveries.tell(key.workspace_id, notices)
      const wrong = results.find((one) => !one.ok)
      if (wrong && !wrong.ok) failed ??= failedBy(wrong)
      const isLate = performance.now() - begun > longestTryMs
      isOver = results.includes(stopped) || (failed && (failed.retryAfterMs !== undefined || isLate))
    }
    return { failed, isWhole: at >= inTurn.length }
  }

  /** Undefined where nothing is left that the reader may be shown. */
  async function eventFor(
    { key, end }: Telling,
    { reader, unread, blocked }: Unseeing,
  ): Promise<UnreadEvent | undefined> {
    const { user_id, mark } = reader
    // The texts are messages' that a store of ours made.
    const last = JSON.parse(end.last ?? 'null') as Message
    const isHidden = blocked.has(last.author ?? '')
    const message = isHidden ? await lastShown(store, key, reader, { blocked, before: last.nth }) : last
    if (!message) return undefined
    // A log that was restored counts again, and has no message's id again.
    const first = await firstUnread(store, key, reader)
    const id = eventId('unread', consumer, key.workspace_id, key.stream, user_id, mark.nth, first?._id ?? '')
    return { type: 'unread', id, ...key, user_id, unread, message }
  }

  /** What the first of the tries that have failed was about. What is younger is tried on, also for whom the receiver never takes. */
  async function triedForLong(
    key: StreamKey,
    end: StreamEnd,
    { failing_since }: DeliveryRow,
  ): Promise<DoneUpTo | null> {
    if (failing_since === null) return null
    return doneUpTo(
      key,
      end,
      await store.streams.madeBefore(key, isoAt(Date.parse(failing_since) - unreadMs)),
    )
  }

  /** What is younger is looked at when it is old enough. */
  async function doneUpTo(key: StreamKey, { epoch, head }: StreamEnd, seq: number): Promise<DoneUpTo> {
    if (head.seq <= seq) return { done: { epoch, seq, isAll: true } }
    return { done: { epoch, seq, due_at: isoAt((await timeAfter(key, seq)) + unreadMs) } }
  }

  /**
   * Some have not seen it, and are connected. Until the last of it is a day old it is looked at again, after as long as whoever
   * has read most has waited.
   */
  async function againLater(
    key: StreamKey,
    end: StreamEnd,
    { from, old, here }: { readonly from: number; readonly old: number; readonly here: readonly Unseeing[] },
  ): Promise<Outcome> {
    const now = dateNow()
    if (now - (await timeAfter(key, old - 1)) >= dayMs) return doneUpTo(key, end, old)
    const [latest] = here.map(({ reader }) => reader).toSorted((a, b) => b.mark.nth - a.mark.nth)
    const first = latest && (await firstUnread(store, key, latest))
    const firstAt = first ? Date.parse(first.created_at) : now
    // What is before `from` was looked at for long enough, though they have not read it.
    const ageMs = now - Math.max(await timeAfter(key, from), firstAt)
    const again = now + Math.max(Math.min(ageMs, dayMs), unreadMs)
    const next = end.head.seq > old ? (await timeAfter(key, old)) + unreadMs : again
    return { done: { epoch: end.epoch, seq: from, due_at: isoAt(Math.max(Math.min(again, next), now + 1)) } }
  }

  /** When the entry after a seq was made; now, where there is none. */
  async function timeAfter(key: StreamKey, seq: number): Promise<number> {
    const message = await store.streams.message(key, seq + 1)
    // A change, or what follows what was removed.
    const text = message ?? (await store.streams.entries(key, seq)).entries[0]?.text
    return text === undefined ? dateNow() : Date.parse((JSON.parse(text) as Entry).created_at)
  }

  return { ...options, delayMs: unreadMs, deliver }
}
