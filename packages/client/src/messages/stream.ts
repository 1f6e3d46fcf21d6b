import type { Message, Page, Position, PushOf } from '../entities.ts'
import { isRequestError, type RequestError } from '../errors.ts'
import type { Cached } from '../live/cache.ts'
import { createLive, type Load } from '../live/live.ts'
import { ownIdsOf } from '../presence/own-id.ts'
import type { Wire } from '../requests/wire.ts'
import { EntryLog } from './entry-log.ts'
import { boundsOf } from './kept-messages.ts'
import { createLater } from './later.ts'
import type { LiveStream } from './live-stream.ts'
import { createMessageRows } from './message-rows.ts'
import type { Extras } from './outgoing.ts'
import { extrasOf, repliedTo } from './replies.ts'
import { createStreamSource, type StreamChanges, type StreamState } from './stream-state.ts'

/** Where a stream is joined: after what is known, or with its newest messages. */
export type JoinFrom = { readonly position: Position } | { readonly limit: number }

/** What differs between the conversations of rooms, tickets and threads. */
export interface StreamKind {
  readonly stream: string
  /** Answers a page without an epoch while there is no such stream yet. */
  join(from: JoinFrom): Promise<Page>
  leave(): Promise<unknown>
  /** Subscribes to whatever may give or take access to the stream, after which it is joined again; the answer unsubscribes. */
  watch?(again: () => void): () => void
  /** What the first message needs, where the stream is not there yet. */
  parent?(): Extras['parent']
}

export type CachedStream = LiveStream & Cached

type Changes = Awaited<ReturnType<Load<StreamState>>>
const noChanges: Changes = () => ({})

/**
 * Keeps a stream current: joins it, joins again from its position after a reconnect, and fills every hole.
 * @param touch is called when the stream becomes busy or idle
 */
export function createLiveStream(kind: StreamKind, wire: Wire, touch: () => void): CachedStream {
  const { connection, request, on, outbox: outgoings, blocked, keptMessages, pageSize } = wire
  const { stream } = kind
  const source = createStreamSource()
  const { getSnapshot } = source.state
  const bounds = boundsOf(keptMessages, pageSize)
  /** Of the user's own messages that are new in the log. */
  let arrived: Message[] = []
  const outbox = outgoings.of(stream)
  const rows = createMessageRows({
    stream,
    ownIds: () => ownIdsOf(connection),
    isBlocked: blocked.has,
    retry: outbox.retry,
    discard: outbox.discard,
  })
  const log = new EntryLog((message, change) => {
    const row = rows.sent(message, change)
    if (row.isOwn) arrived.push(message)
    return row
  }, rows.messageOf)
  const live = createLive<StreamState>(
    { state: { getSnapshot, patch: show }, load: join, listen },
    connection,
  )
  const later = createLater({
    ...{ stream, wire, log, rows, lane: outbox, bounds, state: source.state, show, isOpen: live.isOpen },
    joinAgain,
  })
  outbox.attach({
    onChange() {
      // Its first message has made it.
      if (log.position?.epoch === '' && outbox.outgoing().some(({ message }) => message)) joinAgain()
      show()
      touch()
    },
    isLive: () => getSnapshot().sync === 'live',
    // Only subscribers get entries.
    getsEntries: live.isOpen,
  })
  // Those that were written before the stream was looked at.
  if (outbox.outgoing().length > 0) show()

  function show(changes: StreamChanges = {}): void {
    if (rows.hasNewIds()) log.remake(rows.renewed)
    const part = later.get()
    const most = (live.isOpen() && part?.most()) || bounds.atEnd
    // Many at once, so that lists seldom move.
    if (log.live.rows.length > most) log.keep(Math.floor(most * 0.9))
    settle()
    const { shown, reset } = log
    const hasNewer = shown !== log.live
    const unsent = hasNewer ? [] : [...(part?.drafts() ?? []), ...rows.unsent(outbox.outgoing())]
    const { hasOlder } = shown
    source.show({ ...changes, hasOlder, hasNewer, reset, ...part?.changes() }, log.rows, unsent)
    if (changes.sync === 'live')
      later.load().then(
        (loaded) => loaded.onLive(),
        () => undefined,
      )
  }

  /** Drops outgoing messages whose entries are in the log, or were in it. */
  function settle(): void {
    const entries = arrived
    arrived = []
    outbox.settle(entries, log.position?.seq ?? 0)
  }

  function joinAgain(): void {
    if (live.isOpen()) void live.run()
  }

  function listen(): () => void {
    touch()
    const stops = [on.entries(onEntries), on.heads(onHeads), kind.watch?.(joinAgain)]
    return () => {
      for (const stop of stops) stop?.()
      log.place(log.live)
      log.keep(pageSize)
      later.get()?.onClose()
      touch()
      // If this fails, the subscription stays without effect until the connection ends.
      if (connection.socket.connected) kind.leave().catch(() => undefined)
    }
  }

  function onEntries({ stream: name, epoch, entries }: PushOf<'entries'>): void {
    if (name !== stream) return
    if (!log.push({ epoch, entries })) return void live.run()
    show()
    fill()
  }

  /** Some of the last entries may have been lost, or left out for a slow reader; or the log is another one. */
  function onHeads({ heads }: PushOf<'heads'>): void {
    const told = heads.find((one) => one.stream === stream)
    const { position } = log
    if (!told || !position) return
    const { epoch, head } = told
    const isOther =
      epoch !== position.epoch ||
      head.seq < position.seq ||
      (head.seq === position.seq && head.id !== position.id)
    if (!isOther) log.expect(head.seq)
    else if (getSnapshot().sync === 'live') void live.run()
    fill()
  }

  function fill(): void {
    if (log.hasHole && getSnapshot().sync === 'live') void live.run(catchUp)
  }

  /** Joins from where the log ends, or from the newest messages, and catches up. */
  async function join(signal: AbortSignal): Promise<Changes> {
    log.dropAhead()
    try {
      const { position } = log
      return await take(await kind.join(position?.epoch ? { position } : { limit: pageSize }), signal)
    } catch (error) {
      if (!signal.aborted && isRequestError(error) && error.code === 'not_found') forget(error)
      throw error
    }
  }

  /** Nothing stays of a stream that may no longer be read. */
  function forget(error: RequestError): void {
    log.clear()
    outbox.reset()
    show({ status: 'error', sync: 'offline', error })
  }

  async function catchUp(signal: AbortSignal): Promise<Changes> {
    const { position } = log
    // The answer has them; what is said meanwhile counts again.
    log.expect(0)
    return position ? take(await request.get_entries({ stream, position }), signal) : noChanges
  }

  /** Takes a page, then fetches the following ones until nothing is missing. */
  async function take(page: Page, signal: AbortSignal): Promise<Changes> {
    if (signal.aborted) return noChanges
    const { reset } = log
    const isNew = log.apply(page)
    // Another history need not have what the server has stored in the one before.
    if (log.reset !== reset) outbox.reset()
    if (!log.hasHole && (isNew || !page.more)) return noChanges
    show({ status: 'ready', error: null })
    return catchUp(signal)
  }

  return {
    ...source.state,
    ...later.methods,
    retain: live.retain,
    isIdle: () => !live.isOpen() && outbox.outgoing().length === 0,
    send(text, options = {}) {
      later.get()?.onSend()
      return outbox.send(text, repliedTo(options)?._id ?? null, extrasOf(options, kind.parent?.()))
    },
  }
}
