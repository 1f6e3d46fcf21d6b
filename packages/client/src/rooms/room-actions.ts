import type { PayloadOf } from '@dowellchat/protocol'
import type { Invite, Room, RoomMember } from '../entities.ts'
import type { RoomMetadata } from '../register.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'

/**
 * A new room: `members`, which its creator owns, or `direct`, with the one other user in `members`. One `cid` makes one room,
 * however often it is created.
 *
 * @example
 * const draft: RoomDraft = { kind: 'members', title: 'Design', members: ['ben'] }
 */
export interface RoomDraft extends Omit<Draft<'create_room'>, 'metadata'> {
  readonly metadata?: RoomMetadata | undefined
}

/**
 * What changes in a room; `metadata` replaces all of it. `slow_mode_ms` is how long members wait from one message to the next,
 * 0 for not at all.
 *
 * @example
 * const changes: RoomChanges = { title: 'Design' }
 */
export interface RoomChanges extends Omit<PayloadOf<'update_room'>, 'room' | 'metadata'> {
  readonly metadata?: RoomMetadata | undefined
}

/**
 * For how long an invite is valid (7 days), and for how many people (one). One `cid` makes one invite.
 *
 * @example
 * const draft: InviteDraft = { uses: 10, expires_in_ms: 86_400_000 }
 */
export interface InviteDraft extends Omit<Draft<'create_invite'>, 'room'> {}

/** What changes rooms. */
export interface RoomActions {
  /** Creates a room with members, or answers the direct room that two people have already. */
  readonly create: (draft: RoomDraft) => Promise<Room>
  /** Changes what is given. Needs the owner of the room, an admin, or one of the two people in a direct room. */
  readonly update: (room: string, changes: RoomChanges) => Promise<Room>
  /** Needs the owner or an admin, as do the following. */
  readonly addMembers: (room: string, userIds: readonly string[]) => Promise<Room>
  /**
   * Keeps a member from writing for a time; they can still read. The members' list shows it (`muted_until`).
   *
   * @example
   * await client.rooms.mute(room, 'eve', 10 * 60_000)
   */
  readonly mute: (room: string, userId: string, forMs: number) => Promise<RoomMember>
  /** Lets a member write again before that time is over. */
  readonly unmute: (room: string, userId: string) => Promise<RoomMember>
  readonly removeMembers: (room: string, userIds: readonly string[]) => Promise<Room>
  readonly close: (room: string) => Promise<Room>
  readonly createInvite: (room: string, draft?: InviteDraft) => Promise<Invite>
  /** Makes the user a member of the invite's room. */
  readonly acceptInvite: (invite: string) => Promise<Room>
}

export function createRoomActions({ connection, request }: Wire): RoomActions {
  return {
    create: (draft) => create(connection, draft, request.create_room),
    update: (room, changes) => request.update_room({ room, ...changes }),
    addMembers: (room, userIds) => request.add_members({ room, members: [...userIds] }),
    mute: (room, user_id, for_ms) => request.mute_member({ room, user_id, for_ms }),
    unmute: (room, user_id) => request.mute_member({ room, user_id, for_ms: 0 }),
    removeMembers: (room, userIds) => request.remove_members({ room, members: [...userIds] }),
    close: (room) => request.close_room({ room }),
    createInvite: (room, draft) => create(connection, { ...draft, room }, request.create_invite),
    acceptInvite: (invite) => request.accept_invite({ invite }),
  }
}
