import type { Message } from '@dowellchat/protocol'
import type { RequestError } from './errors.ts'
import type { Outgoing } from './outbox.ts'

/** A message as a page shows it: one from the stream, or one of the user's own that is being sent. */
export interface MessageRow
  extends Pick<Message, 'cid' | 'kind' | 'message_data' | 'reply_to' | 'created_at'> {
  /** `sent` means durable at the server. */
  readonly delivery: 'sending' | 'sent' | 'failed'
  /** The message as the server has it; null until then. */
  readonly message: Message | null
  readonly isOwn: boolean
  /** Why it failed; null otherwise. */
  readonly error: RequestError | null
  /** Sends a failed message again, under the same cid; null otherwise. Rejects as `send` does; ignoring it is safe too. */
  readonly retry: (() => Promise<Message>) | null
}

/** The rows of a stream. A row stays the same object until it changes, so that a new message renders one row. */
export class MessageRows {
  readonly #isOwn: (message: Message) => boolean
  readonly #retry: (cid: string) => Promise<Message>
  #all: readonly MessageRow[] = []
  // By message, so that a row goes when its message leaves the log.
  readonly #sent = new WeakMap<Message, MessageRow>()
  readonly #outgoing = new WeakMap<Outgoing, MessageRow>()
  /** Rows of messages that the server has acknowledged, by id: their entries will be other objects. */
  #acknowledged: ReadonlyMap<string, MessageRow> = new Map()

  constructor(isOwn: (message: Message) => boolean, retry: (cid: string) => Promise<Message>) {
    this.#isOwn = isOwn
    this.#retry = retry
  }

  /** Log entries first, then outgoing messages; the same array as before if no row changed. */
  of(entries: readonly Message[], outgoing: readonly Outgoing[]): readonly MessageRow[] {
    const rows = [
      ...entries.map((entry) => this.#sentRow(entry)),
      ...outgoing.map((one) => this.#outgoingRow(one)),
    ]
    const acknowledged = outgoing.flatMap(({ message }) => message ?? [])
    this.#acknowledged = new Map(acknowledged.map((message) => [message._id, this.#sentRow(message)]))
    const isSame = rows.length === this.#all.length && rows.every((row, at) => row === this.#all[at])
    if (!isSame) this.#all = rows
    return this.#all
  }

  #sentRow(message: Message): MessageRow {
    const known = this.#sent.get(message) ?? this.#acknowledged.get(message._id)
    const row = known ?? this.#newSentRow(message)
    this.#sent.set(message, row)
    return row
  }

  #newSentRow(message: Message): MessageRow {
    const { cid, kind, message_data, reply_to, created_at } = message
    const content = { cid, kind, message_data, reply_to, created_at }
    return { ...content, delivery: 'sent', message, isOwn: this.#isOwn(message), error: null, retry: null }
  }

  #outgoingRow(one: Outgoing): MessageRow {
    if (one.message) return this.#sentRow(one.message)
    const row = this.#outgoing.get(one) ?? this.#newOutgoingRow(one)
    this.#outgoing.set(one, row)
    return row
  }

  #newOutgoingRow({ cid, message_data, reply_to, created_at, error }: Outgoing): MessageRow {
    const retry = error ? () => this.#retry(cid) : null
    const delivery = error ? 'failed' : 'sending'
    const content = { cid, kind: 'text', message_data, reply_to, created_at } as const
    return { ...content, delivery, message: null, isOwn: true, error, retry }
  }
}
