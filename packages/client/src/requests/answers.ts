import type { Message, Reader } from '../entities.ts'
import type { RequestMethods } from './request.ts'

type Listen<T> = (listener: (told: T) => void) => () => void

/** What answers tell besides: who shows the same elsewhere knows it at once, before the server pushes it. */
export interface Answered {
  /** Messages that the user has sent. */
  readonly message: Listen<Message>
  /** What a stream is to the user by now. */
  readonly reader: Listen<Reader>
  /** Streams of rooms that were joined. */
  readonly joined: Listen<string>
}

/** The requests, and what some of their answers tell. */
export function tellAnswers(request: RequestMethods): { request: RequestMethods; answered: Answered } {
  const [messages, readers, joins] = [signal<Message>(), signal<Reader>(), signal<string>()]
  const telling = <P, T>(ask: (payload: P) => Promise<T>, tell: (answer: T) => void) => {
    return async (payload: P): Promise<T> => {
      const answer = await ask(payload)
      tell(answer)
      return answer
    }
  }
  const { join, message_event, send_messages, mark_read, mark_unread, keep_room } = request
  const told = {
    join: telling(join, ({ stream }) => joins.tell(stream)),
    message_event: telling(message_event, messages.tell),
    send_messages: telling(send_messages, ({ results }) => {
      for (const result of results) if ('message' in result) messages.tell(result.message)
    }),
    mark_read: telling(mark_read, readers.tell),
    mark_unread: telling(mark_unread, readers.tell),
    keep_room: telling(keep_room, readers.tell),
  }
  return {
    request: { ...request, ...told },
    answered: { message: messages.listen, reader: readers.listen, joined: joins.listen },
  }
}

function signal<T>(): { listen: Listen<T>; tell: (told: T) => void } {
  const listeners = new Set<(told: T) => void>()
  return {
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell(told) {
      for (const listener of [...listeners]) listener(told)
    },
  }
}
