import type { Message, Page, Position, PushOf } from '@dowellchat/protocol'
import type { Connection } from './connection.ts'
import { EntryLog } from './entry-log.ts'
import { type ConnectionError, RequestError } from './errors.ts'
import { createHolders } from './holders.ts'
import { createSource, type Observable } from './observable.ts'
import { type Draft, Outbox, type Outgoing } from './outbox.ts'
import type { RequestMethods } from './request.ts'
import { shown } from './shown.ts'

/** A message as a page shows it: one of the stream, or one's own that is on its way. */
export interface MessageRow
  extends Pick<Message, 'cid' | 'kind' | 'message_data' | 'reply_to' | 'created_at'> {
  /** `sent` is durable at the server; `failed` can be tried again. */
  readonly delivery: 'sending' | 'sent' | 'failed'
  /** The message, once the server has it. */
  readonly message: Message | null
  readonly isOwn: boolean
  readonly error: RequestError | null
  /** Sends a failed one again, under the same cid. Rejects as `send` does, and may be ignored like it. */
  readonly retry: (() => Promise<Message>) | null
}

/** A stream's messages (`status`: have we got them) and how current they are (`sync`). Going offline loses nothing. */
export interface StreamState {
  readonly status: 'loading' | 'ready' | 'error'
  readonly sync: 'live' | 'catching_up' | 'offline'
  /** Oldest first; one's own that do not stand in the stream yet at the end. */
  readonly messages: readonly MessageRow[]
  readonly hasOlder: boolean
  readonly error: RequestError | ConnectionError | null
}

/** A room's or a ticket's conversation, kept current while somebody retains it. */
export interface LiveStream extends Observable<StreamState> {
  /** Joins with the first; the answer lets go, and after the last one the stream is left. */
  readonly retain: () => () => void
  /**
   * Shows the message at once and sends it. Its row shows a failure and offers `retry`, so the promise, which rejects with
   * a `RequestError` then, may be ignored.
   */
  readonly send: (text: string, options?: { reply_to?: string }) => Promise<Message>
  /** Puts older messages in front; answers whether there are more. Rejects with a `RequestError`. */
  readonly loadOlder: () => Promise<boolean>
}

/** What a room and a ticket's conversation do differently. */
export interface StreamKind {
  readonly stream: string
  join(position: Position | undefined): Promise<Page>
  leave(): Promise<unknown>
  send(draft: Draft): Promise<Message>
}

const retryMs = 1_000

/** Keeps a stream current: joins it, and after a reconnect again from its position, and fills every hole. */
export function createLiveStream(
  kind: StreamKind,
  connection: Connection,
  request: RequestMethods,
): LiveStream {
  return new Stream(kind, connection, request)
}

class Stream implements LiveStream {
  readonly #kind: StreamKind
  readonly #connection: Connection
  readonly #request: RequestMethods
  readonly #log = new EntryLog()
  readonly #outbox: Outbox
  readonly #state = createSource<StreamState>({
    status: 'loading',
    sync: 'offline',
    messages: [],
    hasOlder: false,
    error: null,
  })
  // Rows are kept, so that a new message renders one row: by id, since the answer and the entry are two objects.
  readonly #sentRows = new Map<string, MessageRow>()
  readonly #outgoingRows = new WeakMap<Outgoing, MessageRow>()
  readonly #holders = createHolders({ open: () => this.#open(), close: () => this.#close() })
  #stopListening: readonly (() => void)[] = []
  /** Whoever comes back to find another attempt has been overtaken. */
  #attempt = 0
  #rejoin: ReturnType<typeof setTimeout> | undefined

  constructor(kind: StreamKind, connection: Connection, request: RequestMethods) {
    this.#kind = kind
    this.#connection = connection
    this.#request = request
    this.#outbox = new Outbox(
      (draft) => kind.send(draft),
      () => this.#show(),
      // The entry of a stream that nobody has joined never comes.
      () => this.#holders.isOpen(),
    )
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener)
  readonly getSnapshot = (): StreamState => this.#state.getSnapshot()
  readonly getServerSnapshot = (): StreamState => this.#state.getServerSnapshot()

  readonly retain = (): (() => void) => this.#holders.retain()

  readonly send = (text: string, { reply_to }: { reply_to?: string } = {}): Promise<Message> =>
    shown(this.#outbox.send(text, reply_to ?? null))

  readonly loadOlder = async (): Promise<boolean> => {
    const oldest = this.#log.entries[0]
    if (!oldest || !this.getSnapshot().hasOlder) return false
    const page = await this.#request.get_messages({ stream: this.#kind.stream, before: oldest.nth })
    // Unless another call was faster, or the log began anew.
    if (this.#log.entries[0] === oldest) {
      this.#log.prepend(page.entries)
      this.#show({ hasOlder: page.more })
    }
    return this.getSnapshot().hasOlder
  }

  #open(): void {
    const { socket } = this.#connection
    const onEntries = (push: PushOf<'entries'>): void => this.#onEntries(push)
    socket.on('entries', onEntries)
    this.#stopListening = [
      () => void socket.off('entries', onEntries),
      this.#connection.watch({
        onUp: () => void this.#join(),
        onDown: () => {
          this.#attempt += 1
          this.#show({ sync: 'offline' })
        },
        onRefused: (error) => this.#fail(error),
      }),
    ]
  }

  #close(): void {
    this.#attempt += 1
    clearTimeout(this.#rejoin)
    for (const stop of this.#stopListening) stop()
    this.#stopListening = []
    this.#show({ sync: 'offline' })
    // A failure leaves a subscription that nobody listens to, until the connection ends.
    if (this.#connection.socket.connected) this.#kind.leave().catch(() => undefined)
  }

  #onEntries({ stream, epoch, entries }: PushOf<'entries'>): void {
    if (stream !== this.#kind.stream) return
    if (!this.#log.push({ epoch, entries })) return void this.#join()
    this.#show()
    if (this.#log.hasHole && this.getSnapshot().sync === 'live') void this.#catchUp(this.#attempt)
  }

  /** Joins from where the log ends, or from its newest messages, and catches up. */
  async #join(): Promise<void> {
    this.#attempt += 1
    const attempt = this.#attempt
    clearTimeout(this.#rejoin)
    this.#log.dropAhead()
    this.#show({ sync: 'catching_up' })
    try {
      const page = await this.#kind.join(this.#log.position)
      if (attempt !== this.#attempt) return
      const isNew = this.#log.apply(page)
      this.#show({ status: 'ready', error: null, ...(isNew && { hasOlder: page.more }) })
      await this.#catchUp(attempt, !isNew && page.more)
    } catch (error) {
      if (attempt === this.#attempt) this.#onFailure(error)
    }
  }

  /** Fetches what follows the position, until nothing is missing any more. */
  async #catchUp(attempt: number, isBehind = true): Promise<void> {
    this.#show({ sync: 'catching_up' })
    try {
      for (let more = isBehind; more || this.#log.hasHole; ) {
        const { position } = this.#log
        if (!position) break
        const page = await this.#request.get_entries({ stream: this.#kind.stream, position })
        if (attempt !== this.#attempt) return
        const isNew = this.#log.apply(page)
        this.#show(isNew ? { hasOlder: page.more } : {})
        more = !isNew && page.more
      }
      this.#show({ sync: 'live' })
    } catch (error) {
      if (attempt === this.#attempt) this.#onFailure(error)
    }
  }

  #onFailure(error: unknown): void {
    if (!(error instanceof RequestError)) throw error
    // Without a connection the next one joins again.
    if (!this.#connection.socket.connected) {
      this.#show({ sync: 'offline' })
      return
    }
    this.#fail(error)
    if (error.retryable) this.#rejoin = setTimeout(() => void this.#join(), error.retryAfterMs ?? retryMs)
  }

  #fail(error: RequestError | ConnectionError): void {
    const { status } = this.getSnapshot()
    this.#show({ status: status === 'ready' ? status : 'error', sync: 'offline', error })
  }

  #show(changes: Partial<StreamState> = {}): void {
    const before = this.getSnapshot()
    const { entries } = this.#log
    if (this.#outbox.outgoing.length > 0) this.#outbox.settle(new Set(entries.map(({ cid }) => cid)))
    const messages = [
      ...entries.map((entry) => this.#sentRow(entry)),
      ...this.#outbox.outgoing.map((one) => this.#outgoingRow(one)),
    ]
    const isSame =
      messages.length === before.messages.length && messages.every((row, at) => row === before.messages[at])
    const next = { ...before, ...changes, messages: isSame ? before.messages : messages }
    const keys = Object.keys(next) as (keyof StreamState)[]
    if (keys.some((key) => next[key] !== before[key])) this.#state.set(next)
  }

  #sentRow(message: Message): MessageRow {
    const known = this.#sentRows.get(message._id)
    if (known) return known
    const isOwn = message.author === this.#connection.getSnapshot().session?.user_id
    const { cid, kind, message_data, reply_to, created_at } = message
    const content = { cid, kind, message_data, reply_to, created_at }
    const row: MessageRow = { ...content, delivery: 'sent', message, isOwn, error: null, retry: null }
    this.#sentRows.set(message._id, row)
    return row
  }

  #outgoingRow(one: Outgoing): MessageRow {
    if (one.message) return this.#sentRow(one.message)
    const known = this.#outgoingRows.get(one)
    if (known) return known
    const { cid, message_data, reply_to, created_at, error } = one
    const retry = error ? () => shown(this.#outbox.retry(cid)) : null
    const delivery = error ? 'failed' : 'sending'
    const content = { cid, kind: 'text', message_data, reply_to, created_at } as const
    const row: MessageRow = { ...content, delivery, message: null, isOwn: true, error, retry }
    this.#outgoingRows.set(one, row)
    return row
  }
}
