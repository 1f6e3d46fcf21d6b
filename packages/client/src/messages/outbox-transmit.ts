import { type ClientRequestName, limits, type PayloadOf } from '@dowellchat/protocol'
import type { Message } from '../entities.ts'
import { isRequestError, RequestError } from '../errors.ts'
import { messageBytes, type RequestMethods } from '../requests/request.ts'
import type { Item } from './outbox-lane.ts'
import { type Draft, draftOf, type Outcome, type Outgoing } from './outgoing.ts'

/** A message as a request of its own. */
type Single =
  | { readonly name: 'message_event'; readonly payload: PayloadOf<'message_event'> }
  | { readonly name: 'ticket_message_event'; readonly payload: PayloadOf<'ticket_message_event'> }

const idOf = (stream: string): string => stream.slice(stream.indexOf(':') + 1)

function singleOf(stream: string, draft: Draft): Single {
  const id = idOf(stream)
  return requestOf(stream) === 'ticket_message_event'
    ? { name: 'ticket_message_event', payload: { ticket_id: id, ...draft } }
    : { name: 'message_event', payload: { room_id: id, ...draft } }
}

/** The request that a single message of a stream is. */
export function requestOf(stream: string): Single['name'] {
  return stream.startsWith('ticket:') ? 'ticket_message_event' : 'message_event'
}

/** How many bytes a message takes when it is sent; a promise that rejects if it can never be sent. */
export function measure(stream: string, one: Outgoing): number | Promise<never> {
  return messageBytes(requestOf(stream), { room_id: idOf(stream), ...draftOf(one) })
}

/** Sends messages of one stream, in their order. Never rejects. */
export type Transmit = (stream: string, items: readonly Item[]) => Promise<readonly Outcome[]>

export function createTransmit(request: RequestMethods) {
  async function one(stream: string, item: Item): Promise<Message> {
    const single = singleOf(stream, draftOf(item.one))
    return single.name === 'message_event'
      ? request.message_event(single.payload)
      : request.ticket_message_event(single.payload)
  }

  const transmit: Transmit = async (stream, items) => {
    const [first] = items
    if (!first) return []
    try {
      return [{ message: await one(stream, first) }]
    } catch (error) {
      if (!isRequestError(error)) throw error
      return items.map(() => ({ error, isShared: true }))
    }
  }

  function cut(items: Iterable<Item>, most: number): readonly Item[] {
    for (const item of items) return [item]
    return []
  }
  return { transmit, cut }
}
