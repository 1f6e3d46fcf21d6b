import type { PayloadOf } from '@dowellchat/protocol'
import { normalName, roomStream } from '@dowellchat/protocol/core'
import type { Invite, Message, Room, RoomInfo, RoomMember } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { createLiveStream, type StreamKind } from '../messages/stream.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import { watchAccess } from './membership.ts'
import { createPinned } from './pinned.ts'
import { createRoomInfo } from './room-info.ts'
import { createRoomList } from './room-list.ts'
import { createRoomMembers } from './room-members.ts'

/**
 * A new room: `members`, which its creator owns, or `direct`, with the one other user in `members`. One `cid` makes one room,
 * however often it is created.
 *
 * @example
 * const draft: RoomDraft = { kind: 'members', title: 'Design', members: ['ben'] }
 */
export interface RoomDraft extends Draft<'create_room'> {}

/**
 * What changes in a room; `metadata` replaces all of it.
 *
 * @example
 * const changes: RoomChanges = { title: 'Design' }
 */
export interface RoomChanges extends Omit<PayloadOf<'update_room'>, 'room'> {}

/**
 * For how long an invite is valid (7 days), and for how many people (one). One `cid` makes one invite.
 *
 * @example
 * const draft: InviteDraft = { uses: 10, expires_in_ms: 86_400_000 }
 */
export interface InviteDraft extends Omit<Draft<'create_invite'>, 'room'> {}

/** The rooms of a client. All methods reject with a `RequestError`; to strangers a room with members is `not_found`. */
export interface Rooms {
  /**
   * What is known of a room, the user's role in it, and what the user may do there. Nobody has to join for it.
   *
   * @example
   * const state = client.rooms.get(name).getSnapshot()
   * if (state.status === 'ready') show(state.data.room.title, state.data.can.includes('add_members'))
   */
  readonly get: (name: string) => LiveThing<RoomInfo>
  /** The rooms with members that the user is in, newest first. */
  readonly list: () => LiveList<Room>
  /**
   * A room's messages by its name, which is normalised; the server creates an open one when somebody first joins it or writes to it. Asking again for a name
   * answers the same object, with its messages, while the room is retained, has unsent messages or was used recently.
   *
   * @example
   * const lobby = client.rooms.messages('lobby')
   * lobby.subscribe(() => render(lobby.getSnapshot().messages))
   * const leave = lobby.retain()
   * lobby.send('Hello')
   */
  readonly messages: (name: string) => LiveStream
  /** The pinned messages of a room, the last pinned first. */
  readonly pinned: (name: string) => LiveThing<readonly Message[]>
  /** The members of a room, by user id. */
  readonly members: (room: string) => LiveList<RoomMember>
  /** Creates a room with members, or answers the direct room that two people have already. */
  readonly create: (draft: RoomDraft) => Promise<Room>
  /** Changes what is given. Needs the owner of the room, an admin, or one of the two people in a direct room. */
  readonly update: (room: string, changes: RoomChanges) => Promise<Room>
  /** Needs the owner or an admin, as do the following. */
  readonly addMembers: (room: string, userIds: readonly string[]) => Promise<Room>
  readonly removeMembers: (room: string, userIds: readonly string[]) => Promise<Room>
  readonly close: (room: string) => Promise<Room>
  readonly createInvite: (room: string, draft?: InviteDraft) => Promise<Invite>
  /** Makes the user a member of the invite's room. */
  readonly acceptInvite: (invite: string) => Promise<Room>
  /** Ends the user's membership. An owner's room passes to its oldest member. */
  readonly leave: (room: string) => Promise<void>
}

export function createRooms(wire: Wire): Rooms {
  const { connection, request, shown, pageSize } = wire
  const messages = createCache((room: string, touch) => {
    const kind: StreamKind = {
      stream: roomStream(room),
      join: (position) => shown.join({ room, ...(position ? { position } : { limit: pageSize }) }),
      leave: () => shown.leave({ room }),
      watch: (again) => watchAccess(wire, room, again),
    }
    return createLiveStream(kind, wire, touch)
  })
  const pinned = createCache((room: string, touch) => createPinned(wire, messages(room), room, touch))
  const list = createRoomList(wire)
  const members = createCache((room: string, touch) => createRoomMembers(wire, room, touch))
  const get = createCache((room: string, touch) => createRoomInfo(wire, room, touch))
  return {
    get: (name) => get(normalName(name)),
    list: () => list,
    messages: (name) => messages(normalName(name)),
    pinned: (name) => pinned(normalName(name)),
    members,
    create: (draft) => create(connection, draft, request.create_room),
    update: (room, changes) => request.update_room({ room, ...changes }),
    addMembers: (room, userIds) => request.add_members({ room, members: [...userIds] }),
    removeMembers: (room, userIds) => request.remove_members({ room, members: [...userIds] }),
    close: (room) => request.close_room({ room }),
    createInvite: (room, draft) => create(connection, { ...draft, room }, request.create_invite),
    acceptInvite: (invite) => request.accept_invite({ invite }),
    async leave(room) {
      await request.leave_room({ room })
    },
  }
}
