import type { PayloadOf, StreamRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { readableStream } from './stream-access.ts'

export const streamHandlers: Handlers<StreamRequests> = {
  async get_messages({ stream, limit, ...place }, context) {
    return context.streams.part(await readableStream(stream, context), placeOf(place), limit)
  },

  async get_entries({ stream, position, limit }, context) {
    return context.streams.after(await readableStream(stream, context), position, limit)
  },
}

/** The one place that the payload names. */
function placeOf({ before, after, around }: Pick<PayloadOf<'get_messages'>, 'before' | 'after' | 'around'>) {
  if (before !== undefined) return { before }
  // The contract lets none through that has neither.
  return after === undefined ? { around: around ?? 0 } : { following: after }
}
