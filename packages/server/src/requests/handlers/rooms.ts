import { type RoomRequests, roomStream, type Session } from '@dowellchat/protocol'
import { type Audience, streamAddress } from '../../delivery/audience.ts'
import type { StreamKey } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'

export const roomHandlers: Handlers<RoomRequests> = {
  async join({ room, position, limit }, context) {
    const key = roomKey(context.session, room)
    const { page, joined } = await context.streams.join(key, context.connection, { position, limit })
    if (joined) context.notify(othersIn(key, context), 'member_joined', { room, who: shownName(context) })
    return page
  },

  async leave({ room }, context) {
    const key = roomKey(context.session, room)
    const left = await context.streams.leave(key, context.connection)
    if (left) context.notify(othersIn(key, context), 'member_left', { room })
    return { room }
  },
}

export function roomKey({ workspace_id }: Session, room: string): StreamKey {
  return { workspace_id, stream: roomStream(room) }
}

function othersIn(key: StreamKey, { connection }: Context): Audience {
  return { addresses: [streamAddress(key)], except: connection.socketId }
}

/** The name under which a member is announced. */
function shownName({ session, connection }: Context): string {
  return session.name ?? connection.address
}
