import type { Message } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import { ignorable } from '../live/ignorable.ts'
import { slowModeIn } from '../requests/slow-mode.ts'
import { uuid } from '../uuid.ts'
import { change, type Item, type LaneHost, type LaneViewer, type OwnedLane, type Place } from './lane.ts'
import { createLanePace } from './lane-pace.ts'
import { isOfStream, isPassing, mayHelp, type Outcome, type Outgoing } from './outgoing.ts'

type Failed = Extract<Outcome, { error: unknown }>

/** How often a message is sent that makes the server fail, before it counts as failed and lets the others pass. */
const mostTries = 5

/** What is said of a message that is to be sent. */
const fresh = { error: null, canRetry: false, canDiscard: true }

const nobody: LaneViewer = { onChange() {}, isLive: () => false, getsEntries: () => false }

export function createLane(stream: string, host: LaneHost): OwnedLane {
  const items = new Map<string, Item>()
  const waiting = new Map<string, Item>()
  /** Those that the server has, and whose entries have not come. */
  const stored = new Map<string, number>()
  let snapshot: readonly Outgoing[] | undefined = []
  let viewer = nobody
  let underWay: readonly Item[] = []
  /** Set once the server has said that the stream takes no more, until something comes: a ticket may be open again. */
  let end: RequestError | undefined
  /** Where the log ends. */
  let seen = 0
  const pace = createLanePace({ stream, host, waiting, begin, changed })

  function changed(): void {
    snapshot = undefined
    viewer.onChange()
    host.changed(lane, items.size === 0)
  }

  /** Sends what goes together, unless something is under way. Answers whether it does. */
  function begin(isAgain = false): boolean {
    if (isAgain) {
      pace.goOn()
      end = undefined
    }
    if (underWay.length > 0 || pace.isResting() || waiting.size === 0 || !host.canSend()) return false
    const sent = host.cut(waiting.values(), pace.most())
    underWay = sent
    for (const item of sent) {
      if (!item.isSent) host.moved(lane, item, 'waiting', 'waiting', { isSent: true })
      change(item, { canDiscard: false, waitsUntil: null })
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
        // Slow mode lets repetitions pass: this one was never stored.
        if (slowModeIn(outcome.error) !== undefined) item.isSent = false
        change(item, { canDiscard: true })
      }
    }
    if (hint && host.canSend()) pace.rest(hint)
    else pace.onSuccess()
    if (!hint) pace.hurry()
    if (!begin()) changed()
  }

  function isFinal(item: Item, { error, isShared }: Failed, hasCompany: boolean): boolean {
    if (isPassing(error)) return false
    if (isShared && hasCompany && !isOfStream(error)) {
      pace.singly()
      return false
    }
    item.tries += 1
    return !error.retryable || item.tries >= mostTries
  }

  function deliver(item: Item, message: Message): void {
    const { cid } = item.one
    waiting.delete(cid)
    if (viewer.getsEntries()) {
      change(item, { message, canDiscard: false })
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
    // Reopening is an entry of the ticket, which its threads do not get.
    if (error.code === 'ticket_closed' && stream.startsWith('ticket:')) end = error
    change(item, { error, canRetry: mayHelp(error), canDiscard: true })
    host.moved(lane, item, 'waiting', 'failed')
    item.reject?.(error)
  }

  /** Puts a message behind the others if there is room, and sends it if it can. Its promise is settled with it. */
  async function enqueue(item: Item, from: Place): Promise<Message> {
    host.admit(stream, item.bytes)
    const { cid } = item.one
    const promise = new Promise<Message>((resolve, reject) => Object.assign(item, { resolve, reject }))
    change(item, fresh)
    items.delete(cid)
    items.set(cid, item)
    waiting.set(cid, item)
    host.moved(lane, item, from, 'waiting')
    pace.showTurns()
    if (!begin()) changed()
    return promise
  }

  const lane: OwnedLane = {
    stream,
    parts: { host, items, waiting, underWay: () => underWay, begin, changed },
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
      const one = { ...content, ...fresh, message: null }
      const bytes = host.measure(stream, one)
      if (typeof bytes !== 'number') return ignorable(bytes)
      // Otherwise the client does not learn that the ticket is open again, and asks the server.
      const isClosed = end && viewer.isLive()
      return ignorable(isClosed ? Promise.reject(end) : enqueue({ one, bytes, tries: 0 }, 'gone'))
    },
    retry(cid) {
      const item = items.get(cid)
      return ignorable(
        item?.one.error
          ? enqueue(item, 'failed')
          : Promise.reject(host.failure(stream, 'not_found', 'The message waits no more')),
      )
    },
    discard(cid) {
      const item = items.get(cid)
      if (!item?.one.canDiscard) return
      items.delete(cid)
      const isWaiting = waiting.delete(cid)
      host.moved(lane, item, isWaiting ? 'waiting' : 'failed', 'gone')
      pace.showTurns()
      if (isWaiting) item.reject?.(host.failure(stream, 'discarded', 'The message was discarded'))
      changed()
    },
    settle(entries, seq) {
      if (seq !== seen) end = undefined
      seen = seq
      for (const message of entries) arrive(message)
      for (const [cid, at] of stored) if (at <= seq) drop(cid)
    },
    reset() {
      for (const cid of stored.keys()) drop(cid)
    },
  }
  return lane
}
