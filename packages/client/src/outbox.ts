import type { Message } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import { RequestError } from './errors.ts'
import { retryTimeout } from './retry.ts'

/** A message of the client's own user, from `send` until its entry is in the log. */
export interface Outgoing {
  readonly cid: string
  readonly message_data: string
  readonly reply_to: string | null
  readonly created_at: string
  readonly error: RequestError | null
  /** The server's answer, which can arrive before the entry. */
  readonly message: Message | null
}

/** A message that the server does not have yet. */
export interface Draft {
  readonly cid: string
  readonly message_data: string
  readonly client_created_at: string
  readonly reply_to?: string
}

/** Messages of the client's own user that are being sent, and those that failed and can be sent again. */
export class Outbox {
  #outgoing: readonly Outgoing[] = []
  readonly #transmit: (draft: Draft) => Promise<Message>
  readonly #onChange: () => void
  readonly #getsEntries: () => boolean

  constructor(
    transmit: (draft: Draft) => Promise<Message>,
    onChange: () => void,
    getsEntries: () => boolean,
  ) {
    this.#transmit = transmit
    this.#onChange = onChange
    this.#getsEntries = getsEntries
  }

  /** In the order in which they were sent. */
  get outgoing(): readonly Outgoing[] {
    return this.#outgoing
  }

  send(message_data: string, reply_to: string | null): Promise<Message> {
    const cid = uuid()
    const created_at = new Date().toISOString()
    this.#outgoing = [
      ...this.#outgoing,
      { cid, message_data, reply_to, created_at, error: null, message: null },
    ]
    return this.#deliver(cid)
  }

  /** Sends a failed message again, under the same cid, so that it can never be there twice. */
  retry(cid: string): Promise<Message> {
    this.#patch(cid, { error: null })
    return this.#deliver(cid)
  }

  /** Drops the messages whose entries are in the log. */
  settle(cids: ReadonlySet<string>): void {
    if (this.#outgoing.some(({ cid }) => cids.has(cid))) {
      this.#outgoing = this.#outgoing.filter(({ cid }) => !cids.has(cid))
    }
  }

  async #deliver(cid: string): Promise<Message> {
    this.#onChange()
    const one = this.#outgoing.find((other) => other.cid === cid)
    if (!one) throw new Error(`${cid} has been sent already`)
    const { message_data, reply_to, created_at: client_created_at } = one
    const draft: Draft = { cid, message_data, client_created_at, ...(reply_to !== null && { reply_to }) }
    try {
      const message = await retryTimeout(() => this.#transmit(draft))
      if (this.#getsEntries()) this.#patch(cid, { message })
      else this.settle(new Set([cid]))
      return message
    } catch (error) {
      if (error instanceof RequestError) this.#patch(cid, { error })
      throw error
    } finally {
      this.#onChange()
    }
  }

  #patch(cid: string, changes: Partial<Outgoing>): void {
    this.#outgoing = this.#outgoing.map((one) => (one.cid === cid ? { ...one, ...changes } : one))
  }
}
