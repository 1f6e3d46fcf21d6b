import type { PayloadOf } from '@dowellchat/protocol'
import { normalName, roomStream } from '@dowellchat/protocol/core'
import type { Invite, Room, RoomInfo, RoomMember } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import type { LiveList } from '../live/live-list.ts'
import { createLiveStream, type LiveStream, type StreamKind, type StreamWire } from '../messages/stream.ts'
import type { CreateOptions } from '../requests/creation.ts'
import { uuid } from '../uuid.ts'
import { createRoomInfo, createRoomList, createRoomMembers, watchAccess } from './room-lists.ts'

/** A new room. `direct`: with the one other user in `members`. */
export type RoomDraft = Omit<PayloadOf<'create_room'>, 'cid'>
/** For how long an invite is valid (7 days), and for how many people (one). */
export type InviteDraft = Pick<PayloadOf<'create_invite'>, 'expires_in_ms' | 'uses'>

/** The rooms of a client. All methods reject with a `RequestError`; to strangers a room with members is `not_found`. */
export interface Rooms {
  /**
   * A room's messages by its name, which is normalised; the server creates an open one when somebody first joins it or writes to it. Asking again for a name
   * answers the same object, with its messages, while the room is retained, has unsent messages or was used recently.
   */
  readonly messages: (name: string) => LiveStream
  /** The rooms with members that the user is in, newest first, at most 100. */
  readonly list: () => LiveList<Room>
  /** The members of a room, by user id. */
  readonly members: (room: string) => LiveList<RoomMember>
  /** What is known of a room, the user's role in it, and what the user may do there. */
  readonly get: (name: string) => LiveList<RoomInfo>
  /** Creates a room with members, or answers the direct room that two people have already. */
  readonly create: (draft: RoomDraft, options?: CreateOptions) => Promise<Room>
  /** Changes what is given. Needs the owner of the room, an admin, or one of the two people in a direct room. */
  readonly update: (room: string, changes: Omit<PayloadOf<'update_room'>, 'room'>) => Promise<Room>
  /** Needs the owner or an admin, as do the following. */
  readonly addMembers: (room: string, userIds: readonly string[]) => Promise<Room>
  readonly removeMembers: (room: string, userIds: readonly string[]) => Promise<Room>
  readonly close: (room: string) => Promise<Room>
  readonly createInvite: (room: string, draft?: InviteDraft, options?: CreateOptions) => Promise<Invite>
  /** Makes the user a member of the invite's room. */
  readonly acceptInvite: (invite: string) => Promise<Room>
  /** Ends the user's membership. An owner's room passes to its oldest member. */
  readonly leave: (room: string) => Promise<void>
}

export function createRooms(wire: StreamWire): Rooms {
  const { request } = wire
  const roomOf = createCache((room: string, touch) => {
    const kind: StreamKind = {
      stream: roomStream(room),
      join: (position) => request.join({ room, ...(position && { position }) }),
      leave: () => request.leave({ room }),
      watch: (again) => watchAccess(wire, room, again),
    }
    return createLiveStream(kind, wire, touch)
  })
  const list = createRoomList(wire)
  return {
    messages: (name) => roomOf(normalName(name)),
    list: () => list,
    members: createCache((room: string, touch) => createRoomMembers(wire, room, touch)),
    get: createCache((room: string, touch) => createRoomInfo(wire, room, touch)),
    create: (draft, { cid = uuid() } = {}) => request.create_room({ ...draft, cid }),
    update: (room, changes) => request.update_room({ room, ...changes }),
    addMembers: (room, userIds) => request.add_members({ room, members: [...userIds] }),
    removeMembers: (room, userIds) => request.remove_members({ room, members: [...userIds] }),
    close: (room) => request.close_room({ room }),
    createInvite: (room, draft = {}, { cid = uuid() } = {}) => request.create_invite({ room, ...draft, cid }),
    acceptInvite: (invite) => request.accept_invite({ invite }),
    async leave(room) {
      await request.leave_room({ room })
    },
  }
}
