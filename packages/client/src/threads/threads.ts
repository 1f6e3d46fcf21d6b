import { roomStream, threadStream } from '@dowellchat/protocol/core'
import type { Entry, Page, Thread } from '../entities.ts'
import { isRequestError } from '../errors.ts'
import { createCache } from '../live/cache.ts'
import { once } from '../live/later-code.ts'
import { createLazyThings } from '../live/lazy.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'
import type { LiveStream, MessageOrRow } from '../messages/live-stream.ts'
import { messageIn } from '../messages/replies.ts'
import { type CachedStream, createLiveStream } from '../messages/stream.ts'
import type { Wire } from '../requests/wire.ts'
import { watchAccess } from '../rooms/membership.ts'

/** Conversations about single messages. */
export interface Threads {
  /**
   * A message's thread, by the message or by its id. It is made with the first message that is sent there; until then it is
   * empty. By an id alone a thread can be read, once it is there, and not begun. Asking again answers the same object as long as
   * a room's would be.
   *
   * @example
   * const thread = client.threads.messages(row)
   * thread.send('I agree')
   */
  readonly messages: (message: MessageOrRow | string) => LiveStream
  /**
   * How many messages the thread of a message has, and who has written last; `not_found` where there is no thread. Those that
   * are asked for at the same time are loaded by one request.
   */
  readonly info: (message: MessageOrRow) => LiveThing<Thread>
}

interface CachedThread extends CachedStream {
  /** Takes which message it is about. */
  readonly about: (message: MessageOrRow) => void
}

export function createThreads(wire: Wire): Threads {
  const messages = createCache((id: string, touch) => createThread(wire, id, touch))
  const infos = once(({ createThreadInfos }) => createThreadInfos(wire))
  const info = createLazyThings((things, key, touch) => {
    const [stream, id]: [string, string] = JSON.parse(key)
    return infos(things)(stream, id, touch)
  }, 'get_threads')
  return {
    messages(message) {
      if (typeof message === 'string') return messages(message)
      const thread = messages(messageIn(message)._id ?? '')
      thread.about(message)
      return thread
    },
    info(message) {
      const { stream, _id } = messageIn(message)
      return info(JSON.stringify([stream, _id]))
    },
  }
}

function createThread(wire: Wire, thread: string, touch: () => void): CachedThread {
  const { shown, on, answered } = wire
  const stream = threadStream(thread)
  let parent: { readonly stream: string; readonly seq: number } | undefined
  let isThere = false
  const live = createLiveStream(
    {
      stream,
      async join(from) {
        try {
          const page = await shown.join_thread({ thread, ...from })
          isThere = true
          return page
        } catch (error) {
          if (!isThere && parent && isRequestError(error) && error.code === 'not_found')
            return emptyPage(stream)
          throw error
        }
      },
      leave: () => shown.leave_thread({ thread }),
      watch(again) {
        // By an id alone, any may be the message's.
        const isParent = (one: string): boolean => !parent || one === parent.stream
        const isBeginning = (entry: Entry): boolean =>
          'change' in entry && entry.change === 'thread_started' && (!parent || entry.target === parent.seq)
        const look = (push: Pick<Page, 'stream' | 'entries'>): void => {
          if (!isThere && isParent(push.stream) && push.entries.some(isBeginning)) again()
        }
        return together(
          on.entries(look),
          answered.page(look),
          watchAccess(wire, (room) => isParent(roomStream(room)), again),
        )
      },
      parent: () => (isThere ? undefined : parent),
    },
    wire,
    touch,
  )
  return {
    ...live,
    about(message) {
      const { seq, stream } = messageIn(message)
      if (seq !== null) parent = { stream, seq }
    },
  }
}

/** What a thread shows that has no message yet. */
function emptyPage(stream: string): Page {
  return {
    ...{ stream, epoch: '', head: { seq: 0, nth: 0, id: null }, first_seq: 0 },
    ...{ entries: [], more: false },
  }
}
