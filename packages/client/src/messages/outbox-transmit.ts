import { limits } from '@dowellchat/protocol/core'
import type { Connection } from '../connection/connection.ts'
import type { ErrorBody } from '../entities.ts'
import { isRequestError, RequestError, unreadableAnswer } from '../errors.ts'
import { messageBytes, mostBytes, type RequestMethods } from '../requests/request.ts'
import { uuid } from '../uuid.ts'
import type { Item } from './lane.ts'
import { draftOf, isPassing, type Outcome, type Outgoing } from './outgoing.ts'

const idOf = (stream: string): string => stream.slice(stream.indexOf(':') + 1)

/** The request that a single message of a stream is. */
export function requestOf(stream: string): 'message_event' | 'ticket_message_event' | 'send_messages' {
  if (isSentTogether(stream)) return 'send_messages'
  return stream.startsWith('ticket:') ? 'ticket_message_event' : 'message_event'
}

/** Threads and notes have no request of their own for one message. */
const isSentTogether = (stream: string): boolean => /^(thread|notes):/.test(stream)

/** How many bytes a message takes when it is sent; a promise that rejects if it can never be sent. */
export function measure(stream: string, one: Outgoing): number | Promise<never> {
  return messageBytes(requestOf(stream), { room_id: idOf(stream), ...draftOf(one) })
}

/** Sends messages of one stream, in their order. Never rejects. */
export type Transmit = (stream: string, items: readonly Item[]) => Promise<readonly Outcome[]>

export function createTransmit({ socket }: Pick<Connection, 'socket'>, request: RequestMethods) {
  /** The connection whose server takes messages one by one. */
  let withoutBatches: string | undefined
  const canBatch = (): boolean => withoutBatches !== socket.id

  async function sendOne(stream: string, { one }: Item): Promise<Outcome> {
    const [id, draft] = [idOf(stream), draftOf(one)]
    try {
      const message =
        requestOf(stream) === 'ticket_message_event'
          ? await request.ticket_message_event({ ticket_id: id, ...draft })
          : await request.message_event({ room_id: id, ...draft })
      return { message }
    } catch (error) {
      if (!isRequestError(error)) throw error
      return { error, isShared: true }
    }
  }

  async function sendTogether(stream: string, items: readonly Item[]): Promise<readonly Outcome[]> {
    const messages = items.map(({ one }) => draftOf(one))
    try {
      const { results } = await request.send_messages({ stream, messages })
      return items.map((_, at) => {
        const result = results[at]
        if (!result) return { error: unreadableAnswer(requestOf(stream), true), isShared: false }
        return 'message' in result ? result : { error: asSingle(stream, result.error), isShared: false }
      })
    } catch (error) {
      if (!isRequestError(error)) throw error
      if (error.code === 'unknown_event' && !isSentTogether(stream)) {
        withoutBatches = socket.id
        return sendInTurn(stream, items)
      }
      // An error's message is not among the fields that are copied.
      const body = { ...error, message: error.message, retry_after_ms: error.retryAfterMs }
      return items.map(() => ({ error: asSingle(stream, body), isShared: true }))
    }
  }

  /** Servers of earlier versions. What follows a message that has to wait waits too. */
  async function sendInTurn(stream: string, items: readonly Item[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = []
    for (const item of items) {
      const last = outcomes.at(-1)
      const isHeld = last && 'error' in last && isPassing(last.error)
      outcomes.push(isHeld ? last : await sendOne(stream, item))
    }
    return outcomes
  }

  /** Answers why the thread of a message could not be made, whose first messages these are. */
  async function startThread(stream: string, { one }: Item): Promise<RequestError | undefined> {
    const { parent } = one.extras
    if (!parent) return undefined
    try {
      await request.start_thread({ ...parent, message_id: idOf(stream), cid: uuid() })
      return undefined
    } catch (error) {
      if (!isRequestError(error)) throw error
      return error
    }
  }

  const transmit: Transmit = async (stream, items) => {
    const [first] = items
    if (!first) return []
    const error = await startThread(stream, first)
    if (error) return items.map(() => ({ error, isShared: true }))
    return items.length === 1 && !isSentTogether(stream)
      ? [await sendOne(stream, first)]
      : sendTogether(stream, items)
  }

  /** The first messages that go together: as many as a frame may have. */
  function cut(items: Iterable<Item>, most: number): readonly Item[] {
    const together: Item[] = []
    const mostTogether = canBatch() ? Math.min(most, limits.messages_at_once) : 1
    let bytes = batchRoom
    for (const item of items) {
      // Each has been measured with the name and the stream, which go once now.
      bytes += item.bytes
      if (together.length > 0 && (together.length >= mostTogether || bytes > mostBytes)) break
      together.push(item)
    }
    return together
  }

  return { transmit, cut }
}

/** Bytes of a request that has no message yet. */
const batchRoom = 256

function asSingle(stream: string, body: ErrorBody): RequestError {
  return new RequestError(requestOf(stream), body)
}
