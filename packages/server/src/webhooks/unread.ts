import type { Message } from '@dowellchat/protocol'
import type { People } from '../sockets/people.ts'
import type { DeliveryRow, Store, StreamEnd, StreamKey } from '../stores/store.ts'
import { dateNow, isoNow } from '../time.ts'
import { eventId } from './entries.ts'
import { failedBy } from './failed.ts'
import { type Follower, isoAt, type Outcome } from './follower.ts'
import { missedCallFollowing } from './missed-calls.ts'
import type { Posted } from './post.ts'
import { readersOf, type StreamReader } from './stream-readers.ts'
import type { UnreadEvent } from './unread-events.ts'

export interface UnreadParts {
  readonly store: Pick<
    Store,
    'streams' | 'readers' | 'tickets' | 'threads' | 'rooms' | 'aliases' | 'users' | 'deliveries'
  >
  readonly people: Pick<People, 'connected'>
  /** How long a message may be unseen. */
  readonly unreadMs: number
}

interface UnreadOptions {
  readonly id: string
  readonly hasWorkspace: (workspaceId: string) => boolean
  readonly follows: (workspaceId: string, stream: string) => boolean
  readonly tell: (event: UnreadEvent) => Promise<Posted>
}

/** Somebody, and how many messages of others they have not read. */
interface Unseeing {
  readonly reader: StreamReader
  readonly unread: number
}

const dayMs = 24 * 60 * 60 * 1_000
const toldAtOnce = 8
const countedAtOnce = 100

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
    const failed = await tellAll(key, end, away)
    if (failed) return failed
    return here.length > 0 ? againLater(key, end, { from, old }) : doneUpTo(key, end, old)
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
      const ends = await store.streams.ends(
        some.map(({ mark, user_ids }) => ({ ...key, mark: { ...mark, user_ids } })),
      )
      for (const [n, reader] of some.entries()) found.push({ reader, unread: ends[n]?.unread ?? 0 })
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

  async function tellAll(
    key: StreamKey,
    end: StreamEnd,
    all: readonly Unseeing[],
  ): Promise<Extract<Outcome, { failed: string }> | undefined> {
    // The text is a message's that a store of ours made.
    const message = JSON.parse(end.last ?? 'null') as Message
    for (let at = 0; at < all.length; at += toldAtOnce) {
      const some = all.slice(at, at + toldAtOnce)
      const results = await Promise.all(
        some.map(({ reader, unread }) => tell(eventFor(key, reader, unread, message))),
      )
      const told = some.filter((_, n) => results[n]?.ok)
      await store.deliveries.tell(
        key.workspace_id,
        told.map(({ reader: { user_id } }) => ({
          consumer,
          stream: key.stream,
          user_id,
          nth: end.head.nth,
          at: isoNow(),
        })),
      )
      for (const one of results) if (!one.ok) return failedBy(one)
    }
    return undefined
  }

  function eventFor(key: StreamKey, reader: StreamReader, unread: number, message: Message): UnreadEvent {
    const { user_id, mark } = reader
    const id = eventId('unread', consumer, key.workspace_id, key.stream, user_id, mark.nth)
    return { type: 'unread', id, ...key, user_id, unread, message }
  }

  /** What is younger is looked at when it is old enough. */
  async function doneUpTo(key: StreamKey, { epoch, head }: StreamEnd, seq: number): Promise<Outcome> {
    if (head.seq <= seq) return { done: { epoch, seq, isAll: true } }
    return { done: { epoch, seq, due_at: isoAt((await timeAfter(key, seq)) + unreadMs) } }
  }

  /** Somebody has not seen it, and is connected. */
  async function againLater(
    key: StreamKey,
    end: StreamEnd,
    { from, old }: { readonly from: number; readonly old: number },
  ): Promise<Outcome> {
    const now = dateNow()
    const ageMs = now - (await timeAfter(key, from))
    if (ageMs >= dayMs) return doneUpTo(key, end, old)
    const again = now + Math.max(ageMs, unreadMs)
    const next = end.head.seq > old ? (await timeAfter(key, old)) + unreadMs : again
    return { done: { epoch: end.epoch, seq: from, due_at: isoAt(Math.max(Math.min(again, next), now + 1)) } }
  }

  /** When the entry after a seq was made; now, where it is no message. */
  async function timeAfter(key: StreamKey, seq: number): Promise<number> {
    const text = await store.streams.message(key, seq + 1)
    return text === null ? dateNow() : Date.parse((JSON.parse(text) as Message).created_at)
  }

  return { ...options, delayMs: unreadMs, deliver }
}
