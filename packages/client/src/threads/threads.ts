import { threadStream } from '@dowellchat/protocol/core'
import type { Thread } from '../entities.ts'
import { ownError } from '../errors.ts'
import { createCache } from '../live/cache.ts'
import { createLiveThing, type LiveThing } from '../live/live-thing.ts'
import type { LiveStream, MessageOrRow } from '../messages/live-stream.ts'
import { createLiveStream, type StreamKind } from '../messages/stream.ts'
import type { Wire } from '../requests/wire.ts'

/** Conversations about single messages. */
export interface Threads {
  /**
   * A message's thread, by the message or by its id. It is made with the first message that is sent there; until then it is
   * empty. Asking again answers the same object as long as a room's would be.
   *
   * @example
   * const thread = client.threads.messages(row)
   * thread.send('I agree')
   */
  readonly messages: (message: MessageOrRow | string) => LiveStream
  /** How many messages the thread of a message has, and who has written last. Those asked for at the same time are loaded by one request. */
  readonly info: (message: MessageOrRow) => LiveThing<Thread>
}

export function createThreads(wire: Wire): Threads {
  const idOf = (message: MessageOrRow | string): string => {
    if (typeof message === 'string') return message
    return ('message' in message ? message.message._id : message._id) ?? ''
  }
  const messages = createCache((thread: string, touch) => {
    const kind: StreamKind = {
      stream: threadStream(thread),
      join: (position) =>
        wire.request.join_thread({ thread, ...(position ? { position } : { limit: wire.pageSize }) }),
      leave: () => wire.request.leave_thread({ thread }),
    }
    return createLiveStream(kind, wire, touch)
  })
  const info = createCache((id: string, touch) =>
    createLiveThing<Thread>(
      {
        load: () => Promise.reject(ownError('get_threads', 'not_found', `There is no thread ${id}`)),
        merge: (_, pushed) => pushed,
        watch: (push) => wire.on.thread_updated(({ data }) => data._id === id && push(data)),
      },
      wire,
      touch,
    ),
  )
  return { messages: (message) => messages(idOf(message)), info: (message) => info(idOf(message)) }
}
