import { hasMembers, streamOwner } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { Context } from '../handler.ts'
import { requireTicket } from './access.ts'
import { notBuilt } from './not-built.ts'
import { requireMembership } from './room-access.ts'

/** What the session may do with the messages of a stream that it may read. */
export interface StreamRights {
  /** Whether it may remove the messages of others. */
  readonly removesOthers: boolean
  readonly pins: boolean
  /** Whether the stream is a closed ticket's. */
  readonly isClosed: boolean
  /** The two people of a direct room. */
  readonly peers: readonly string[]
}

const openStream = { isClosed: false, peers: [] }

/** @throws RequestError `not_found` if the session may not read the stream */
export async function rightsIn(stream: string, context: Context): Promise<StreamRights> {
  const { kind, id } = streamOwner(stream)
  const { role } = context.session
  switch (kind) {
    case 'room':
      return hasMembers(id)
        ? memberRights(id, context)
        : { ...openStream, removesOthers: role === 'admin', pins: role !== 'customer' }
    case 'ticket': {
      const { is_closed } = await requireTicket(context, id)
      const isAgent = role !== 'customer'
      return { ...openStream, removesOthers: isAgent, pins: isAgent, isClosed: is_closed }
    }
    case 'thread':
      return notBuilt('changing messages of threads')
    case null:
      throw new RequestError('not_found', `${stream} does not exist`)
    default:
      return kind satisfies never
  }
}

async function memberRights(room: string, context: Context): Promise<StreamRights> {
  const membership = await requireMembership(context, room)
  const manages = membership.role === 'owner' || context.session.role === 'admin'
  const isDirect = membership.room.kind === 'direct'
  return {
    ...openStream,
    removesOthers: isDirect ? context.session.role === 'admin' : manages,
    pins: isDirect || manages,
    peers: membership.peers,
  }
}
