import { limits } from '@dowellchat/protocol/core'
import type { Thread } from '../entities.ts'
import { ownError } from '../errors.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { inOneTurn } from '../requests/in-one-turn.ts'
import type { RequestMethods } from '../requests/request.ts'
import type { Wire } from '../requests/wire.ts'

/** What is known of a thread, by the stream of its message and the id. */
export type ThreadInfos = (stream: string, id: string, touch: () => void) => CachedThing<Thread>

export function createThreadInfos(wire: Wire): ThreadInfos {
  const load = createLoader(wire.request)
  return (stream, id, touch) =>
    createLiveThing<Thread>(
      {
        async load() {
          const thread = await load(stream, id)
          if (!thread) throw ownError('get_threads', 'not_found', `The message ${id} has no thread`)
          return thread
        },
        merge: (_, pushed) => pushed,
        watch: (push) => wire.on.thread_updated(({ data }) => data._id === id && push(data)),
      },
      wire,
      touch,
    )
}

/** Loads threads: all of one stream that are asked for in one turn by as few requests as there can be. */
function createLoader(
  request: Pick<RequestMethods, 'get_threads'>,
): (stream: string, id: string) => Promise<Thread | undefined> {
  /** What is asked for in this turn, by stream. */
  const askedOf = new Map<string, ReturnType<typeof inOneTurn<Thread>>>()

  function loaderOf(stream: string) {
    const load = inOneTurn<Thread>(async (ids) => {
      askedOf.delete(stream)
      const found = new Map<string, Thread>()
      for (let from = 0; from < ids.length; from += limits.threads) {
        const { threads } = await request.get_threads({
          stream,
          threads: ids.slice(from, from + limits.threads),
        })
        for (const thread of threads) found.set(thread._id, thread)
      }
      return found
    })
    askedOf.set(stream, load)
    return load
  }

  return async (stream, id) => {
    const load = askedOf.get(stream) ?? loaderOf(stream)
    return (await load([id])).get(id)
  }
}
