import { roomStream } from '@dowellchat/protocol/core'
import type { Connection } from '../connection/connection.ts'
import { RequestError } from '../errors.ts'
import { createCache } from '../live/cache.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import { isOwnId } from '../presence/own-id.ts'
import type { PushMethods } from '../requests/push.ts'
import type { RequestMethods } from '../requests/request.ts'
import { keepLater } from './keep-later.ts'
import type { KeepingPlace } from './keeping-place.ts'
import type { Item, Lane, OwnedLane, Place } from './lane.ts'
import { createLane } from './outbox-lane.ts'
import { createTransmit, measure, requestOf } from './outbox-transmit.ts'

/** What the client does with messages that it cannot send yet. */
export interface OutboxOptions {
  /** How many messages may wait. Default: 1,000. */
  readonly maxMessages?: number
  /** How many bytes they may have together, as they are sent. Default: 1 MiB. */
  readonly maxBytes?: number
  /**
   * Keeps unsent messages in the `storage` of the client (by default the browser's `localStorage`), until they are sent: they
   * outlive a reload, a crash, and their tab. Default: false. Kept by server, workspace and user: whoever else comes to the
   * browser neither sees nor sends them; they are sent when this user is back. `client.outbox.discardAll()` erases them, for
   * example before logging out. A message is kept once it is known who the user is: from `auth` (`token` with a
   * `workspace_id`, a server key, `getToken` with `workspace_id` and `user_id`), otherwise from the first connect.
   */
  readonly keep?: boolean
}

/** Whether everything is sent. */
export interface OutboxState {
  /**
   * `sent`: nothing is left. `sending`: messages, or changes of messages, are on their way. `waiting`: they wait for a connection.
   * `failed`: nothing waits any more, and some messages could not be sent.
   */
  readonly status: 'sent' | 'sending' | 'waiting' | 'failed'
  /** How many messages, and changes of messages (`edit`, `react` …), wait or are on their way. */
  readonly unsent: number
  /** How many have failed, and were neither sent again nor discarded. */
  readonly failed: number
  /**
   * Whether all of these would outlive a reload. False without the option `keep`, while the storage does not take them, and while
   * changes of messages wait, which are never kept.
   */
  readonly isKept: boolean
}

/** The user's own messages, and changes of messages, that the server does not have yet, of all rooms and tickets. */
export interface Outbox extends Observable<OutboxState> {
  /**
   * Drops the messages that have failed, and messages and changes of messages (`edit`, `react` …) that wait, but for those that are
   * on their way: their promises reject with the code `discarded`. Erases what earlier loads of the page have left in the storage:
   * at once, or as soon as it is known who the user is.
   */
  readonly discardAll: () => void
}

/** The outbox, for the streams whose messages it sends. */
export interface Outgoings extends Outbox {
  readonly of: (stream: string) => Lane
  /** Takes note that a change of a message waits, by what discards it, or does no more. */
  readonly noteChange: (discard: () => void, isWaiting: boolean) => void
}

interface Count {
  messages: number
  bytes: number
}

/** Sends the messages of a client: those of a stream in their order, whether or not somebody shows it. */
export function createOutbox(
  connection: Connection,
  { request, on }: { readonly request: RequestMethods; readonly on: Pick<PushMethods, 'room_updated'> },
  { maxMessages = 1_000, maxBytes = 1_048_576, keep = false }: OutboxOptions = {},
  place?: KeepingPlace,
): Outgoings {
  const state = createSource<OutboxState>({ status: 'sent', unsent: 0, failed: 0, isKept: false })
  /** Those that are not empty. */
  const lanes = new Map<string, OwnedLane>()
  const counts: Record<'waiting' | 'failed', Count> = {
    waiting: { messages: 0, bytes: 0 },
    failed: { messages: 0, bytes: 0 },
  }
  /** What discards the changes of messages that wait. */
  const changes = new Set<() => void>()
  /** Those that have failed, the oldest first. */
  const failed = new Map<string, Lane>()
  const isOnline = (): boolean => connection.socket.connected && connection.getSnapshot().status === 'online'
  // What was left by an earlier load goes first.
  const canSend = (): boolean => isOnline() && keeping?.isReady() !== false

  function count(place: Place, { bytes }: Item, by: 1 | -1): void {
    if (place === 'gone') return
    counts[place].messages += by
    counts[place].bytes += by * bytes
  }

  const isOver = ({ messages, bytes }: Count): boolean => messages > maxMessages || bytes > maxBytes

  function moved(lane: Lane, item: Item, from: Place, to: Place, changes?: Partial<Item>): void {
    count(from, item, -1)
    Object.assign(item, changes)
    count(to, item, 1)
    if (to === 'gone') keeping?.remove(item.one.cid)
    else keeping?.put(lane.stream, item)
    if (from === 'failed') failed.delete(item.one.cid)
    if (to !== 'failed') return
    failed.set(item.one.cid, lane)
    // Nothing grows for ever: the oldest goes.
    for (const [cid, oldest] of failed) {
      if (!isOver(counts.failed)) break
      oldest.discard(cid)
    }
  }

  function publish(): void {
    const unsent = counts.waiting.messages + changes.size
    const ended = counts.failed.messages > 0 ? 'failed' : 'sent'
    const going = canSend() ? 'sending' : 'waiting'
    const isKept = changes.size === 0 && keeping?.isComplete() === true
    state.patch({ status: unsent > 0 ? going : ended, unsent, failed: counts.failed.messages, isKept })
  }

  function begin(): void {
    for (const lane of [...lanes.values()]) lane.begin(true)
    publish()
  }

  function changed(lane: Lane, isEmpty: boolean): void {
    if (isEmpty) lanes.delete(lane.stream)
    else lanes.set(lane.stream, lane as OwnedLane)
    publish()
  }

  const failure = (stream: string, code: string, message: string): RequestError =>
    new RequestError(requestOf(stream), { code, message, retryable: false })

  const host = {
    ...createTransmit(connection, request),
    canSend,
    measure,
    failure,
    moved,
    changed,
    watch: (stream: string, again: () => void) =>
      on.room_updated(({ data }) => {
        if (stream === roomStream(data._id)) again()
      }),
    isOwn: (author: string | null) => isOwnId(connection, author),
    admit(stream: string, bytes: number) {
      const { waiting } = counts
      if (isOver({ messages: waiting.messages + 1, bytes: waiting.bytes + bytes }))
        throw failure(stream, 'queue_full', 'Too many messages wait to be sent')
    },
  }

  const laneOf = createCache((stream: string) => createLane(stream, host))
  const keeping =
    keep && place
      ? keepLater(connection, place, {
          lanes: () => lanes.values(),
          laneOf,
          onWritten: publish,
          onReady: begin,
        })
      : undefined
  connection.watch({ onUp: begin, onDown: publish, onRefused: publish })

  return {
    ...readOnly(state),
    of: laneOf,
    noteChange(discard, isWaiting) {
      if (isWaiting) changes.add(discard)
      else changes.delete(discard)
      publish()
    },
    discardAll() {
      // The last one first: each takes back what those before it have left.
      for (const discard of [...changes].reverse()) discard()
      for (const lane of [...lanes.values()]) for (const { cid } of lane.outgoing()) lane.discard(cid)
      keeping?.erase()
    },
  }
}
