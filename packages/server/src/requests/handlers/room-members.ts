import { hasMembers, type RoomRequests } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { roomOfInvite } from '../../stores/room.ts'
import { dateNow } from '../../time.ts'
import type { Handlers } from '../handler.ts'
import { expectKnown } from './acquaintances.ts'
import { expectNoBlockers } from './blocks.ts'
import { changeRoom, requireMembership, roomKey, roomNotFound } from './room-access.ts'
import { leaveOpenRoom } from './room-list.ts'

const defaultMembers = 50
const weekMs = 604_800_000

type MemberRequest =
  | 'get_room_members'
  | 'add_members'
  | 'remove_members'
  | 'mute_member'
  | 'leave_room'
  | 'create_invite'
  | 'accept_invite'

/** Who is in a room with members. */
export const roomMemberHandlers: Pick<Handlers<RoomRequests>, MemberRequest> = {
  async get_room_members({ room, after, limit = defaultMembers }, context) {
    const { session, store, right } = context
    const { workspace_id } = session
    if (right === 'own') await requireMembership(context, room)
    else if ((await store.rooms.get(workspace_id, room))?.kind !== 'members')
      await requireMembership(context, room)
    const page = await store.rooms.members(workspace_id, room, {
      limit,
      ...(after !== undefined && { after }),
    })
    if (!page) throw roomNotFound(room)
    return page
  },

  async add_members({ room, members }, context) {
    // Before it is looked whom they know, so that a room that is not theirs is like one that does not exist.
    if (context.right === 'own') await requireMembership(context, room)
    await expectKnown(context, members)
    await expectNoBlockers(context, members)
    return (await changeRoom(context, room, { type: 'add', user_ids: members })).room
  },

  async remove_members({ room, members }, context) {
    return (await changeRoom(context, room, { type: 'remove', user_ids: members })).room
  },

  async mute_member({ room, user_id, for_ms }, context) {
    const until = for_ms === 0 ? null : new Date(dateNow() + for_ms).toISOString()
    const { member } = await changeRoom(context, room, { type: 'mute', user_id, until })
    if (!member) throw new RequestError('internal', 'The server made a mistake. Try again.')
    return member
  },

  async leave_room({ room }, context) {
    if (hasMembers(room)) await changeRoom(context, room, { type: 'leave' })
    else await leaveOpenRoom(context, roomKey(context.session, room))
    return { room }
  },

  async create_invite({ room, expires_in_ms = weekMs, uses = 1, cid }, context) {
    const { session, fingerprint } = context
    const expires_at = new Date(dateNow() + expires_in_ms).toISOString()
    const made = { created_by: session.user_id, expires_at, uses, cid, fingerprint }
    const { invite } = await changeRoom(context, room, { type: 'invite', invite: made })
    if (!invite) throw new RequestError('internal', 'The server made a mistake. Try again.')
    return invite
  },

  async accept_invite({ invite }, context) {
    const room = roomOfInvite(invite)
    if (!hasMembers(room)) throw new RequestError('not_found', 'The invite is not valid')
    return (await changeRoom(context, room, { type: 'accept', invite })).room
  },
}
