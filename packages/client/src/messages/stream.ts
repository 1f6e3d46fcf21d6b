import type { Message, Page, Position, PushOf } from '../entities.ts'
import { isRequestError } from '../errors.ts'
import type { Cached } from '../live/cache.ts'
import { createLive, type LiveState, type Load } from '../live/live.ts'
import { createSource, type Observable, readOnly } from '../live/observable.ts'
import type { Wire } from '../requests/wire.ts'
import { EntryLog } from './entry-log.ts'
import { createMessageRows, type MessageRow } from './message-rows.ts'
import type { Outgoings } from './outbox.ts'

/** A stream's messages, whether they are loaded (`status`) and whether they are current (`sync`). */
export interface StreamState extends LiveState {
  /** Oldest first. The user's own messages that are not in the stream yet come last. */
  readonly messages: readonly MessageRow[]
  readonly hasOlder: boolean
}

/** A room's or a ticket's conversation, kept current while it is retained. */
export interface LiveStream extends Observable<StreamState> {
  /** Joins the stream; call the answer to let go. It is left a second after the last holder has let go. */
  readonly retain: () => () => void
  /**
   * Shows the message at once and sends it. Its row shows a failure and offers `retry`, so the promise, which then rejects
   * with a `RequestError`, may be ignored.
   */
  readonly send: (text: string, options?: { reply_to?: string }) => Promise<Message>
  /** Puts older messages in front; answers whether there are more. Rejects with a `RequestError`. */
  readonly loadOlder: () => Promise<boolean>
}

/** What differs between a room and a ticket's conversation. */
export interface StreamKind {
  readonly stream: string
  join(position: Position | undefined): Promise<Page>
  leave(): Promise<unknown>
  /** Subscribes to whatever may give or take access to the stream, after which it is joined again; the answer unsubscribes. */
  watch?(again: () => void): () => void
}

/** What a stream needs of its client. */
export interface StreamWire extends Wire {
  readonly outbox: Outgoings
}

export type CachedStream = LiveStream & Cached

type Changes = Awaited<ReturnType<Load<StreamState>>>
const noChanges: Changes = () => ({})

/**
 * Keeps a stream current: joins it, joins again from its position after a reconnect, and fills every hole.
 * @param touch is called when the stream becomes busy or idle
 */
export function createLiveStream(
  kind: StreamKind,
  { connection, request, on, outbox: outgoings }: StreamWire,
  touch: () => void,
): CachedStream {
  const { stream } = kind
  const state = createSource<StreamState>({
    status: 'loading',
    sync: 'offline',
    messages: [],
    hasOlder: false,
    error: null,
  })
  const { getSnapshot } = state
  const log = new EntryLog()
  const live = createLive<StreamState>(
    { state: { getSnapshot, patch: show }, load: join, listen },
    connection,
  )
  const outbox = outgoings.of(stream)
  outbox.attach({
    onChange() {
      show()
      touch()
    },
    // Only subscribers get entries.
    getsEntries: live.isOpen,
  })
  const rowsOf = createMessageRows({
    stream,
    ownIds() {
      const { session } = connection.getSnapshot()
      return session ? [session.user_id, ...session.guest_ids] : []
    },
    retry: outbox.retry,
    discard: outbox.discard,
  })
  // Those that were written before the stream was looked at.
  if (outbox.outgoing().length > 0) show()

  function show(changes: Partial<StreamState> = {}): void {
    state.patch({ ...changes, messages: rowsOf(log.messages, outbox.outgoing()) })
  }

  function listen(): () => void {
    touch()
    const stops = [on.entries(onEntries), on.heads(onHeads), kind.watch?.(() => void live.run())]
    return () => {
      for (const stop of stops) stop?.()
      touch()
      // If this fails, the subscription stays without effect until the connection ends.
      if (connection.socket.connected) kind.leave().catch(() => undefined)
    }
  }

  function onEntries({ stream: name, epoch, entries }: PushOf<'entries'>): void {
    if (name !== stream) return
    if (!log.push({ epoch, entries })) return void live.run()
    outbox.settle(log.takeNew())
    show()
    fill()
  }

  /** Some of the last entries may have been lost, or left out for a slow reader. */
  function onHeads({ heads }: PushOf<'heads'>): void {
    const told = heads.find((one) => one.stream === stream)
    if (!told || !log.position) return
    if (told.epoch === log.position.epoch) log.expect(told.head.seq)
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
      return await take(await kind.join(log.position), signal)
    } catch (error) {
      if (!signal.aborted && isRequestError(error) && error.code === 'not_found') forget()
      throw error
    }
  }

  /** Nothing stays of a stream that may no longer be read. */
  function forget(): void {
    log.clear()
    outbox.reset()
    show({ status: 'error', hasOlder: false })
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
    const isNew = log.apply(page)
    outbox.settle(log.takeNew())
    if (isNew) outbox.reset()
    const changes = isNew ? { hasOlder: page.more } : {}
    if (!log.hasHole && (isNew || !page.more)) return () => changes
    show({ ...changes, status: 'ready', error: null })
    return catchUp(signal)
  }

  async function loadOlder(): Promise<boolean> {
    const [oldest] = log.messages
    if (!oldest || !getSnapshot().hasOlder) return false
    const read = () => request.get_messages({ stream, before: oldest.nth })
    // Not if another call was faster, or the log began anew.
    const isWanted = () => log.messages[0]?._id === oldest._id
    let page = await read()
    let isTaken = isWanted() && log.prepend(page)
    if (!isTaken && isWanted()) {
      page = await read()
      isTaken = isWanted() && log.prepend(page)
    }
    if (isTaken) show({ hasOlder: page.more })
    return getSnapshot().hasOlder
  }

  return {
    ...readOnly(state),
    retain: live.retain,
    isIdle: () => !live.isOpen() && outbox.outgoing().length === 0,
    send: (text, { reply_to } = {}) => outbox.send(text, reply_to ?? null),
    loadOlder,
  }
}
