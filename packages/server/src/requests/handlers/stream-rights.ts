import { hasMembers, streamOwner } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { Context } from '../handler.ts'
import { requireTicket } from './access.ts'
import { managesAll, requireMembership, requireVoice } from './room-access.ts'
import { requireThread } from './thread-access.ts'

/** What the session may do with the messages of a stream that it may read. */
export interface StreamRights {
  /** Whether it may remove the messages of others. */
  readonly removesOthers: boolean
  readonly pins: boolean
  /** Whether the stream is a closed ticket's. */
  readonly isClosed: boolean
}

/**
 * What the session may do, if it may read the stream, or write to it.
 * @throws RequestError `not_found` for who may not read it, `forbidden` for who may not write
 */
export async function rightsIn(
  stream: string,
  way: 'reading' | 'writing',
  context: Context,
): Promise<StreamRights> {
  const { kind, id } = streamOwner(stream)
  const { role } = context.session
  switch (kind) {
    case 'room':
      return hasMembers(id)
        ? memberRights(id, way, context)
        : { removesOthers: role === 'admin', pins: role !== 'customer', isClosed: false }
    case 'ticket': {
      const { is_closed } = await requireTicket(context, id)
      const isAgent = role !== 'customer'
      return { removesOthers: isAgent, pins: isAgent, isClosed: is_closed }
    }
    case 'notes':
      if (context.right !== 'all') throw new RequestError('not_found', `${stream} does not exist`)
      await requireTicket(context, id)
      return { removesOthers: role === 'admin', pins: true, isClosed: false }
    case 'thread':
      return rightsIn((await requireThread(context, id)).parent, way, context)
    case null:
      throw new RequestError('not_found', `${stream} does not exist`)
    default:
      return kind satisfies never
  }
}

async function memberRights(
  name: string,
  way: 'reading' | 'writing',
  context: Context,
): Promise<StreamRights> {
  const require = way === 'writing' ? requireVoice : requireMembership
  const { room, role } = await require(context, name)
  const isManager = role === 'owner' || managesAll(context.session)
  const isDirect = room.kind === 'direct'
  return {
    removesOthers: isDirect ? managesAll(context.session) : isManager,
    pins: isDirect || isManager,
    isClosed: false,
  }
}
