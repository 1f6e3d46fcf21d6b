import { retryTimeout } from '../connection/retry.ts'
import type { Message } from '../entities.ts'
import { isRequestError, type RequestError } from '../errors.ts'
import { uuid } from '../uuid.ts'

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
export interface Outbox {
  /** In the order in which they were sent. */
  readonly outgoing: () => readonly Outgoing[]
  readonly send: (message_data: string, reply_to: string | null) => Promise<Message>
  /** Sends a failed message again, under the same cid, so that it is never stored twice. */
  readonly retry: (cid: string) => Promise<Message>
  /** Drops a failed message. */
  readonly discard: (cid: string) => void
  /** Drops the messages whose entries are in the log. */
  readonly settle: (cids: ReadonlySet<string>) => void
}

export interface OutboxOptions {
  readonly transmit: (draft: Draft) => Promise<Message>
  readonly onChange: () => void
  /** Whether the entry of a stored message will arrive. */
  readonly getsEntries: () => boolean
}

export function createOutbox({ transmit, onChange, getsEntries }: OutboxOptions): Outbox {
  let outgoing: readonly Outgoing[] = []

  function patch(cid: string, changes: Partial<Outgoing>): void {
    outgoing = outgoing.map((one) => (one.cid === cid ? { ...one, ...changes } : one))
  }

  function settle(cids: ReadonlySet<string>): void {
    outgoing = outgoing.filter(({ cid }) => !cids.has(cid))
  }

  async function deliver(cid: string): Promise<Message> {
    onChange()
    const one = outgoing.find((other) => other.cid === cid)
    if (!one) throw new Error(`${cid} has been sent already`)
    const { message_data, reply_to, created_at: client_created_at } = one
    const draft: Draft = { cid, message_data, client_created_at, ...(reply_to !== null && { reply_to }) }
    try {
      const message = await retryTimeout(() => transmit(draft))
      if (getsEntries()) patch(cid, { message })
      else settle(new Set([cid]))
      return message
    } catch (error) {
      if (isRequestError(error)) patch(cid, { error })
      throw error
    } finally {
      onChange()
    }
  }

  return {
    outgoing: () => outgoing,
    send(message_data, reply_to) {
      const cid = uuid()
      const created_at = new Date().toISOString()
      outgoing = [...outgoing, { cid, message_data, reply_to, created_at, error: null, message: null }]
      return deliver(cid)
    },
    retry(cid) {
      patch(cid, { error: null })
      return deliver(cid)
    },
    discard(cid) {
      outgoing = outgoing.filter((one) => one.cid !== cid || one.error === null)
      onChange()
    },
    settle,
  }
}
