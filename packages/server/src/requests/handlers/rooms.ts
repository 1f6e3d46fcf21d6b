import { hasMembers, type RoomRequests } from '@dowellchat/protocol'
import { type Audience, streamAddress } from '../../delivery/audience.ts'
import { openRoom } from '../../delivery/open-room.ts'
import { RequestError } from '../../errors.ts'
import { isAnonymous } from '../../identity/anonymous.ts'
import type { Limits } from '../../limits.ts'
import { headIn } from '../../stores/page-text.ts'
import type { StreamKey } from '../../stores/store.ts'
import { isoNow } from '../../time.ts'
import { newRoomCostOf } from '../costs.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireRow } from './access.ts'
import { expectKnown } from './acquaintances.ts'
import { expectNoBlockers } from './blocks.ts'
import {
  announceRoom,
  changeRoom,
  expectNotBlocked,
  expectNotBlockedIn,
  recordMembers,
  roomGuard,
  roomKey,
  roomNotFound,
} from './room-access.ts'
import { roomListHandlers, unlist } from './room-list.ts'
import { roomMemberHandlers } from './room-members.ts'
import { allowedInOpenRoom, allowedToManager, allowedToMember } from './room-rights.ts'

export const roomHandlers: Handlers<RoomRequests> = {
  async join({ room, position, limit }, context) {
    const key = roomKey(context.session, room)
    const guard = roomGuard(context, room)
    const onMade = guard ? undefined : () => context.owe(newRoomCostOf({ room, limit }))
    const from = { position, limit, ...(onMade && { onMade }) }
    const { page, joined } = await context.streams.join(key, context.connection, from, guard)
    if (guard) await stayMember(context, key, guard)
    // The members of a room have it on their lists.
    else if (!isAnonymous(context.session))
      context.roomActivity.entered(key, context.session.user_ids, headIn(page.text))
    if (joined) context.notify(othersIn(key, context), 'member_joined', { room, who: shownName(context) })
    return page
  },

  async leave({ room }, context) {
    const key = roomKey(context.session, room)
    const left = await context.streams.leave(key, context.connection)
    if (context.connection.leavesForGood) await unlist(context, key)
    if (left) context.notify(othersIn(key, context), 'member_left', { room })
    return { room }
  },

  async create_room({ kind, title = null, metadata, members, cid }, context) {
    context.expectMetadata('roomMetadata', metadata)
    const { session, store, fingerprint } = context
    const { workspace_id, user_id } = session
    const others = [...new Set(members)].filter((id) => !session.user_ids.includes(id))
    if (kind === 'direct' && others.length !== 1)
      throw new RequestError('invalid_payload', 'members: a direct room is with one other user')
    await expectKnown(context, others)
    if (kind === 'direct') await expectNotBlocked(context, [user_id, ...others])
    else await expectNoBlockers(context, others)
    const newRoom = {
      workspace_id,
      kind,
      title,
      metadata: metadata ?? {},
      user_id,
      members: others,
      cid,
      fingerprint,
    }
    const creation = await store.rooms.create({ ...newRoom, ...mostRooms(context) })
    const ofWorkspace = 'conflict' in creation && creation.conflict === 'workspace_limit'
    const limit = roomLimit(context.limits, ofWorkspace)
    const { row: room, created } = requireRow(creation, cid, 'Room', limit)
    const member_ids = [user_id, ...others]
    if (created) announceRoom(context, { changed: true, room, changes: [], member_ids })
    else context.resend('room_updated', { data: room })
    recordMembers(
      context,
      { ...room, version: 0 },
      member_ids.map((id) => ({ user_id: id, role: 'member' })),
    )
    return room
  },

  async get_room({ room }, context) {
    const { session, store, right } = context
    const { workspace_id } = session
    if (!hasMembers(room)) return { room: openRoom(room), role: null, can: allowedInOpenRoom(context) }
    const membership = await store.rooms.membership(workspace_id, room, session.user_ids)
    if (membership) {
      return { room: membership.room, role: membership.role, can: allowedToMember(context, membership) }
    }
    const found = await store.rooms.get(workspace_id, room)
    const isOwner = found?.owner != null && session.user_ids.includes(found.owner)
    // A closed room is shown to those who could close it.
    if (!found || found.kind === 'direct' || !(isOwner || right === 'all')) throw roomNotFound(room)
    return {
      room: found,
      role: null,
      can: found.closed_at === null ? allowedToManager(context) : [],
    }
  },

  ...roomListHandlers,

  async update_room({ room, title, metadata, slow_mode_ms }, context) {
    context.expectMetadata('roomMetadata', metadata)
    await expectNotBlockedIn(context, room)
    const change = {
      type: 'update',
      ...(title !== undefined && { title }),
      ...(metadata !== undefined && { metadata }),
      ...(slow_mode_ms !== undefined && { slow_mode_ms: slow_mode_ms || null }),
    } as const
    return (await changeRoom(context, room, change)).room
  },

  async close_room({ room }, context) {
    if (hasMembers(room)) return (await changeRoom(context, room, { type: 'close' })).room
    if (context.right !== 'all') throw new RequestError('forbidden', 'Only an admin may close an open room')
    const closed_at = isoNow()
    await context.memberRooms.close(roomKey(context.session, room), room, closed_at)
    return { ...openRoom(room), closed_at }
  },

  ...roomMemberHandlers,
}

/** How many rooms there may be. */
function mostRooms({ session, limits }: Context): { most: number; most_of_user?: number } {
  const { workspaceRooms: most, userRooms: most_of_user } = limits
  return session.role === 'customer' ? { most, most_of_user } : { most }
}

function roomLimit({ workspaceRooms, userRooms }: Limits, ofWorkspace: boolean): string {
  return ofWorkspace
    ? `The workspace has ${workspaceRooms} rooms with members, which is the most it may have`
    : `You have made ${userRooms} rooms, which is the most you may make`
}

/**
 * Looks at the membership again, since it may have ended while the socket was subscribed.
 * @throws RequestError `not_found`
 */
async function stayMember(
  context: Context,
  key: StreamKey,
  guard: NonNullable<ReturnType<typeof roomGuard>>,
): Promise<void> {
  try {
    await guard()
  } catch (error) {
    context.connection.unsubscribe(key)
    throw error
  }
}

function othersIn(key: StreamKey, { connection }: Context): Audience {
  return { addresses: [streamAddress(key)], except: connection.socketId }
}

/** The name under which a member is announced. */
function shownName({ session, connection }: Context): string {
  return session.name ?? connection.address
}
