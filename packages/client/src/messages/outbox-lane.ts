import { backoffMs } from '../connection/retry.ts'
import type { Message } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { Cached } from '../live/cache.ts'
import { ignorable } from '../live/ignorable.ts'
import { slowModeIn } from '../requests/slow-mode.ts'
import { uuid } from '../uuid.ts'
import { type Extras, isOfStream, isPassing, mayHelp, type Outcome, type Outgoing } from './outgoing.ts'

type Failed = Extract<Outcome, { error: unknown }>

/** The messages of one stream that are not in its log yet. */
export interface Lane {
  readonly stream: string
  /** In the order in which they are sent; another array after every change. */
  readonly outgoing: () => readonly Outgoing[]
  /** Says who shows the stream. */
  readonly attach: (viewer: LaneViewer) => void
  /** Rejects, without a row, what can never be sent and what there is no room for. */
  readonly send: (message_data: string, reply_to: string | null, extras?: Extras) => Promise<Message>
  /**
   * Gives a message another text that has failed, which is then sent again, or that was never sent. Its promise; undefined if
   * the message is not in the outbox, or may be stored already.
   */
  readonly amend: (
    cid: string,
    message_data: string,
    mentions: Extras['mentions'],
  ) => Promise<Message> | undefined
  /** Sends a failed message again, after those that wait, under the same cid: it is never stored twice. */
  readonly retry: (cid: string) => Promise<Message>
  /** Drops a message that has failed, or that waits. The promise of one that waits rejects with the code `discarded`. */
  readonly discard: (cid: string) => void
  /** Takes what is new in the log, and where the log ends: messages are drawn from there now. */
  readonly settle: (entries: readonly Message[], end: number) => void
  /** The log began anew, or is gone: it has whatever was acknowledged, or never will. */
  readonly reset: () => void
}

export interface LaneViewer {
  readonly onChange: () => void
  /** Whether the entry of a stored message will arrive. */
  readonly getsEntries: () => boolean
}

/** What a message costs the outbox. */
export interface Item {
  one: Outgoing
  bytes: number
  tries: number
  /** Whether it has left the client: it may be stored. */
  isSent?: boolean
  /** End the promise of `send` or `retry`. A message of an earlier load has none. */
  resolve?: (message: Message) => void
  reject?: (error: RequestError) => void
}

/** The parts of a client that its lanes share. */
export interface LaneHost {
  /** Whether there is a connection that may be sent on. */
  readonly canSend: () => boolean
  readonly isOwn: (author: string | null) => boolean
  /** How many bytes the message takes; a promise that rejects if it can never be sent. */
  readonly measure: (stream: string, one: Outgoing) => number | Promise<never>
  /** Throws `queue_full` if there is no room. */
  readonly admit: (stream: string, bytes: number) => void
  /** Those of the first messages that go together. */
  readonly cut: (items: Iterable<Item>, most: number) => readonly Item[]
  readonly transmit: (stream: string, items: readonly Item[]) => Promise<readonly Outcome[]>
  /** Calls back when the room of a stream changes, with its slow mode perhaps. */
  readonly watch: (stream: string, again: () => void) => () => void
  readonly failure: (stream: string, code: string, message: string) => RequestError
  /** Takes note of what has become of a message. */
  readonly moved: (lane: Lane, item: Item, from: Place, to: Place) => void
  /** Takes note that something has changed. */
  readonly changed: (lane: Lane, isEmpty: boolean) => void
}

/** Where a message is: it waits to be sent or is under way, it has failed, or it is no longer the outbox's. */
export type Place = 'waiting' | 'failed' | 'gone'

/** A lane, for the outbox that it belongs to. */
export interface OwnedLane extends Lane, Cached {
  /** Sends what waits, if that is possible. */
  readonly begin: (isAgain?: boolean) => boolean
  /** Takes the messages of an earlier load, in front of those that have not been sent. */
  readonly restore: (items: readonly Item[]) => void
}

/** How often a message is sent that makes the server fail, before it counts as failed and lets the others pass. */
const mostTries = 5

/** What a room's slow mode means for a lane. */
interface SlowMode {
  readonly everyMs: number
  /** When the next message goes, as `Date.now()` counts. */
  readonly until: number
  /** Whether the message that goes next has waited. */
  hasRested: boolean
  readonly stop: () => void
}

/** Devices of one user shall not come back at the same moment. */
const slowestStartMs = 200

const nobody: LaneViewer = { onChange() {}, getsEntries: () => false }

export function createLane(stream: string, host: LaneHost): OwnedLane {
  /** All, in the order of their rows. */
  const items = new Map<string, Item>()
  /** Those that wait, in the order in which they are sent. The first ones may be under way. */
  const waiting = new Map<string, Item>()
  /** Those that the server has, and whose entries have not come. */
  const stored = new Map<string, number>()
  let snapshot: readonly Outgoing[] | undefined = []
  let viewer = nobody
  let underWay: readonly Item[] = []
  let pause: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  /** Since the room's slow mode makes messages wait. */
  let slow: SlowMode | undefined
  /** How many may go together: one, to find which of several the server does not take. */
  let most = Number.POSITIVE_INFINITY
  /** Set once the server has said that the stream takes no more. */
  let end: RequestError | undefined

  function changed(): void {
    snapshot = undefined
    viewer.onChange()
    host.changed(lane, items.size === 0)
  }

  function set(item: Item, changes: Partial<Outgoing>): void {
    item.one = { ...item.one, ...changes }
  }

  /** Sends what goes together, unless something is under way. Answers whether it does. */
  function begin(isAgain = false): boolean {
    if (isAgain) {
      clearTimeout(pause)
      pause = undefined
      failures = 0
      end = undefined
    }
    if (underWay.length > 0 || pause !== undefined || waiting.size === 0 || !host.canSend()) return false
    const sent = host.cut(waiting.values(), most)
    underWay = sent
    for (const item of sent) {
      item.isSent = true
      set(item, { canDiscard: false, waitsUntil: null })
    }
    void host.transmit(stream, sent).then((outcomes) => finish(sent, outcomes))
    changed()
    return true
  }

  function finish(sent: readonly Item[], outcomes: readonly Outcome[]): void {
    if (underWay === sent) underWay = []
    let hint: RequestError | undefined
    for (const [at, item] of sent.entries()) {
      const outcome = outcomes[at]
      // Its entry may have been faster.
      if (!outcome || !waiting.has(item.one.cid)) continue
      if ('message' in outcome) deliver(item, outcome.message)
      else if (isFinal(item, outcome, sent.length > 1)) fail(item, outcome.error)
      else {
        hint ??= outcome.error
        set(item, { canDiscard: true })
      }
    }
    if (hint && host.canSend()) rest(hint)
    else failures = 0
    if (!hint) hurry()
    if (!begin()) changed()
  }

  /** Everything may go together again; in slow mode only once a message went without having waited. */
  function hurry(): void {
    if (slow?.hasRested && waiting.size > 0) {
      slow.hasRested = false
      return
    }
    slow?.stop()
    slow = undefined
    most = Number.POSITIVE_INFINITY
    for (const item of waiting.values()) showTurn(item, null)
  }

  function waitInTurn(forMs: number, everyMs: number): void {
    const stop = slow?.stop ?? host.watch(stream, () => begin(true))
    slow = { everyMs, until: Date.now() + forMs, hasRested: true, stop }
    most = 1
    resumeIn(forMs + Math.random() * slowestStartMs)
    showTurns()
  }

  /** One message after the other, each with the time when it goes. */
  function showTurns(): void {
    if (!slow || pause === undefined) return
    let { until } = slow
    for (const item of waiting.values()) {
      showTurn(item, until)
      until += slow.everyMs
    }
  }

  function showTurn(item: Item, waitsUntil: number | null): void {
    if (item.one.waitsUntil !== waitsUntil) set(item, { waitsUntil })
  }

  function resumeIn(ms: number): void {
    pause = setTimeout(() => {
      pause = undefined
      if (waiting.size === 0) hurry()
      if (!begin()) changed()
    }, ms)
  }

  function isFinal(item: Item, { error, isShared }: Failed, hasCompany: boolean): boolean {
    if (isPassing(error)) return false
    if (isShared && hasCompany && !isOfStream(error)) {
      most = 1
      return false
    }
    item.tries += 1
    return !error.retryable || item.tries >= mostTries
  }

  function rest(hint: RequestError): void {
    failures += 1
    // Sent singly now, to find which of them it is.
    if (!hint.retryable && !isPassing(hint)) return
    const everyMs = slowModeIn(hint)
    if (everyMs === undefined) resumeIn(backoffMs(failures, hint))
    else waitInTurn(hint.retryAfterMs ?? everyMs, everyMs)
  }

  function deliver(item: Item, message: Message): void {
    const { cid } = item.one
    waiting.delete(cid)
    if (viewer.getsEntries()) {
      set(item, { message, canDiscard: false })
      stored.set(cid, message.seq)
    } else items.delete(cid)
    host.moved(lane, item, 'waiting', 'gone')
    item.resolve?.(message)
  }

  function drop(cid: string): void {
    stored.delete(cid)
    if (!items.delete(cid)) return
    snapshot = undefined
    host.changed(lane, items.size === 0)
  }

  /** An entry says as much as an answer, which may be lost. */
  function arrive(message: Message): void {
    end = undefined
    const item = items.get(message.cid)
    if (!item || !host.isOwn(message.author)) return
    if (waiting.has(message.cid)) deliver(item, message)
    else if (item.one.error) host.moved(lane, item, 'failed', 'gone')
    drop(message.cid)
    if (underWay.some(({ one }) => waiting.has(one.cid))) return
    underWay = []
    queueMicrotask(begin)
  }

  function fail(item: Item, error: RequestError): void {
    waiting.delete(item.one.cid)
    item.tries = 0
    if (error.code === 'ticket_closed') end = error
    set(item, { error, canRetry: mayHelp(error), canDiscard: true })
    host.moved(lane, item, 'waiting', 'failed')
    item.reject?.(error)
  }

  /** Puts a message in the queue, and sends it if it can. Its promise is settled with it. */
  function enqueue(item: Item, from: Place): Promise<Message> {
    const promise = new Promise<Message>((resolve, reject) => Object.assign(item, { resolve, reject }))
    items.set(item.one.cid, item)
    waiting.set(item.one.cid, item)
    host.moved(lane, item, from, 'waiting')
    showTurns()
    if (!begin()) changed()
    return ignorable(promise)
  }

  const lane: OwnedLane = {
    stream,
    outgoing() {
      snapshot ??= Array.from(items.values(), ({ one }) => one)
      return snapshot
    },
    attach(next) {
      viewer = next
    },
    begin,
    isIdle: () => items.size === 0,
    send(message_data, reply_to, extras = {}) {
      const created_at = new Date().toISOString()
      const content = { cid: uuid(), message_data, reply_to, created_at, extras, waitsUntil: null }
      const one = { ...content, error: null, message: null, canRetry: false, canDiscard: true }
      const bytes = host.measure(stream, one)
      if (typeof bytes !== 'number') return ignorable(bytes)
      try {
        if (end) throw end
        host.admit(stream, bytes)
        return enqueue({ one, bytes, tries: 0 }, 'gone')
      } catch (error) {
        return ignorable(Promise.reject(error))
      }
    },
    amend(cid, message_data, mentions) {
      const item = items.get(cid)
      if (!item || item.one.message || (item.isSent && !item.one.error)) return undefined
      const { mentions: _, ...extras } = item.one.extras
      const one = { ...item.one, message_data, extras: mentions ? { ...extras, mentions } : extras }
      const bytes = host.measure(stream, one)
      if (typeof bytes !== 'number') return ignorable(bytes)
      const place = one.error ? 'failed' : 'waiting'
      host.moved(lane, item, place, 'gone')
      Object.assign(item, { one, bytes })
      host.moved(lane, item, 'gone', place)
      if (one.error) return lane.retry(cid)
      changed()
      return ignorable(
        new Promise((resolve, reject) => {
          const before = { ...item }
          item.resolve = (message) => {
            before.resolve?.(message)
            resolve(message)
          }
          item.reject = (error) => {
            before.reject?.(error)
            reject(error)
          }
        }),
      )
    },
    retry(cid) {
      const item = items.get(cid)
      if (!item?.one.error)
        return ignorable(Promise.reject(host.failure(stream, 'not_found', 'The message waits no more')))
      try {
        host.admit(stream, item.bytes)
      } catch (error) {
        return ignorable(Promise.reject(error))
      }
      items.delete(cid)
      set(item, { error: null, canRetry: false, canDiscard: true })
      return enqueue(item, 'failed')
    },
    discard(cid) {
      const item = items.get(cid)
      if (!item?.one.canDiscard) return
      items.delete(cid)
      const isWaiting = waiting.delete(cid)
      host.moved(lane, item, isWaiting ? 'waiting' : 'failed', 'gone')
      showTurns()
      if (isWaiting) item.reject?.(host.failure(stream, 'discarded', 'The message was discarded'))
      changed()
    },
    settle(entries, seq) {
      for (const message of entries) arrive(message)
      for (const [cid, at] of stored) if (at <= seq) drop(cid)
    },
    reset() {
      for (const cid of stored.keys()) drop(cid)
    },
    restore(earlier) {
      const later = [...items.values()]
      const late = [...waiting.values()].slice(underWay.length)
      const isNew = earlier.filter(({ one }) => !items.has(one.cid))
      items.clear()
      for (const item of late) waiting.delete(item.one.cid)
      for (const item of isNew) {
        if (!item.one.error) waiting.set(item.one.cid, item)
        host.moved(lane, item, 'gone', item.one.error ? 'failed' : 'waiting')
      }
      for (const item of [...isNew, ...later]) items.set(item.one.cid, item)
      for (const item of late) waiting.set(item.one.cid, item)
      if (!begin()) changed()
    },
  }
  return lane
}
