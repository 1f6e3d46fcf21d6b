import type { Message, Page, Position, PushOf } from '@dowellchat/protocol'
import type { Cached } from './cache.ts'
import { EntryLog } from './entry-log.ts'
import { ignorable } from './ignorable.ts'
import { createLive, type Live, type LiveState } from './live.ts'
import { type MessageRow, MessageRows } from './message-rows.ts'
import { createSource, type Observable } from './observable.ts'
import { type Draft, Outbox } from './outbox.ts'
import type { Wire } from './wire.ts'

/** A stream's messages, whether they are loaded (`status`) and whether they are current (`sync`). */
export interface StreamState extends LiveState {
  /** Oldest first; one's own that the stream does not have yet come last. */
  readonly messages: readonly MessageRow[]
  readonly hasOlder: boolean
}

/** A room's or a ticket's conversation, kept current while somebody retains it. */
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
  send(draft: Draft): Promise<Message>
}

export type CachedStream = LiveStream & Cached

/**
 * Keeps a stream current: joins it, joins again from its position after a reconnect, and fills every hole.
 * @param touch is called when the stream becomes busy or idle
 */
export function createLiveStream(kind: StreamKind, wire: Wire, touch: () => void): CachedStream {
  return new Stream(kind, wire, touch)
}

class Stream implements CachedStream {
  readonly #kind: StreamKind
  readonly #wire: Wire
  readonly #log = new EntryLog()
  readonly #outbox: Outbox
  readonly #rows: MessageRows
  readonly #live: Live<StreamState>
  readonly #state = createSource<StreamState>({
    status: 'loading',
    sync: 'offline',
    messages: [],
    hasOlder: false,
    error: null,
  })

  readonly subscribe = this.#state.subscribe
  readonly getSnapshot = this.#state.getSnapshot
  readonly getServerSnapshot = this.#state.getServerSnapshot
  readonly retain: () => () => void

  constructor(kind: StreamKind, wire: Wire, touch: () => void) {
    this.#kind = kind
    this.#wire = wire
    const { connection } = wire
    const live = createLive<StreamState>(
      {
        state: { getSnapshot: this.getSnapshot, patch: (changes) => this.#show(changes) },
        load: (signal) => this.#join(signal),
        listen: () => this.#listen(touch),
      },
      connection,
    )
    this.#live = live
    this.retain = live.retain
    const onChange = (): void => {
      this.#show()
      touch()
    }
    // Without a subscription the entry of an acknowledged message never arrives.
    this.#outbox = new Outbox((draft) => kind.send(draft), onChange, live.isOpen)
    this.#rows = new MessageRows(
      ({ author }) => author === connection.getSnapshot().session?.user_id,
      (cid) => ignorable(this.#outbox.retry(cid)),
    )
  }

  readonly isIdle = (): boolean => !this.#live.isOpen() && this.#outbox.outgoing.length === 0

  readonly send = (text: string, { reply_to }: { reply_to?: string } = {}): Promise<Message> =>
    ignorable(this.#outbox.send(text, reply_to ?? null))

  readonly loadOlder = async (): Promise<boolean> => {
    const oldest = this.#log.entries[0]
    if (!oldest || !this.getSnapshot().hasOlder) return false
    const { stream } = this.#kind
    const page = await this.#wire.request.get_messages({ stream, before: oldest.nth })
    // Not if another call was faster, or the log began anew.
    if (this.#log.entries[0] === oldest) {
      this.#log.prepend(page.entries)
      this.#show({ hasOlder: page.more })
    }
    return this.getSnapshot().hasOlder
  }

  #listen(touch: () => void): () => void {
    touch()
    const stop = this.#wire.on.entries((push) => this.#onEntries(push))
    return () => {
      stop()
      touch()
      // A failure leaves a subscription that nobody listens to, until the connection ends.
      if (this.#wire.connection.socket.connected) this.#kind.leave().catch(() => undefined)
    }
  }

  #onEntries({ stream, epoch, entries }: PushOf<'entries'>): void {
    if (stream !== this.#kind.stream) return
    if (!this.#log.push({ epoch, entries })) return void this.#live.run()
    this.#show()
    if (this.#log.hasHole && this.getSnapshot().sync === 'live')
      void this.#live.run((signal) => this.#catchUp(signal))
  }

  /** Joins from where the log ends, or from its newest messages, and catches up. */
  async #join(signal: AbortSignal): Promise<Partial<StreamState>> {
    this.#log.dropAhead()
    const page = await this.#kind.join(this.#log.position)
    return signal.aborted ? {} : this.#take(page, signal)
  }

  async #catchUp(signal: AbortSignal): Promise<Partial<StreamState>> {
    const { position } = this.#log
    if (!position) return {}
    const page = await this.#wire.request.get_entries({ stream: this.#kind.stream, position })
    return signal.aborted ? {} : this.#take(page, signal)
  }

  /** Takes a page, and fetches what follows it until nothing is missing any more. */
  async #take(page: Page, signal: AbortSignal): Promise<Partial<StreamState>> {
    const isNew = this.#log.apply(page)
    const changes = isNew ? { hasOlder: page.more } : {}
    if (!this.#log.hasHole && (isNew || !page.more)) return changes
    this.#show({ ...changes, status: 'ready', error: null })
    return this.#catchUp(signal)
  }

  #show(changes: Partial<StreamState> = {}): void {
    const { entries } = this.#log
    if (this.#outbox.outgoing.length > 0) this.#outbox.settle(new Set(entries.map(({ cid }) => cid)))
    this.#state.patch({ ...changes, messages: this.#rows.of(entries, this.#outbox.outgoing) })
  }
}
