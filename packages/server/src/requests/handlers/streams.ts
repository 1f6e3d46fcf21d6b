import { type PayloadOf, type StreamRequests, streamOwner } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { StreamKey } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireTicket } from './access.ts'
import { notBuilt } from './not-built.ts'
import { roomGuard } from './room-access.ts'

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

/** The stream's key, if the session may read it. */
export async function readableStream(stream: string, context: Context): Promise<StreamKey> {
  const { kind, id } = streamOwner(stream)
  switch (kind) {
    case 'room':
      await roomGuard(context, id)?.()
      break
    case 'ticket':
      await requireTicket(context, id)
      break
    case 'thread':
      return notBuilt('reading threads')
    case null:
      throw new RequestError('not_found', `${stream} does not exist`)
    default:
      kind satisfies never
  }
  return { workspace_id: context.session.workspace_id, stream }
}
