import type { PayloadOf } from '@dowellchat/protocol'
import { normalName, roomStream } from '@dowellchat/protocol/core'
import type { Invite, ListedRoom, Message, Reader, Room, RoomInfo, RoomMember } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { ifLoaded, laterThings, once } from '../live/later-code.ts'
import { createLazy, createLazyList, createLazyThing } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { createLiveStream, type StreamKind } from '../messages/stream.ts'
import type { RoomMetadata } from '../register.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import type { Keeping } from './kept-rooms.ts'
import { watchAccess } from './membership.ts'
import type { Receipts } from './receipts-state.ts'
import { type LiveUnread, loadingUnread } from './unread-state.ts'

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

/**
 * Which rooms a list has.
 *
 * @example
 * const archived = client.rooms.list({ isArchived: true })
 */
export interface RoomFilter {
  /** Those that are archived, or those that are not (the default). */
  readonly isArchived?: boolean
}

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
  /**
   * The user's rooms: those with members that they are in, and the open rooms that they have joined or written to. Pinned ones
   * come first, then those that were last active. A room with news is another object; the others stay the same.
   *
   * @example
   * const rooms = client.rooms.list()
   * rooms.retain()
   * rooms.subscribe(() => render(rooms.getSnapshot().items))
   */
  readonly list: (filter?: RoomFilter) => LiveList<ListedRoom>
  /**
   * How much is unread in all rooms of the list together, but for muted and archived ones.
   *
   * @example
   * const { unread } = client.rooms.unread().getSnapshot()
   */
  readonly unread: () => LiveUnread
  /**
   * Mutes, pins or archives a room in the user's own list, at once. A failure takes that back, and rejects.
   *
   * @example
   * await client.rooms.keep(room, { is_pinned: true })
   */
  readonly keep: (room: string, keeping: Keeping) => Promise<Reader>
  /**
   * Who has read how far. In a room of more than 50 members nobody is named: `of` asks how many have read the message with that
   * `nth`. Rejects nothing: what fails is in the state.
   *
   * @example
   * const { data } = client.rooms.receipts(room).getSnapshot()
   * const seen = data?.receipts.filter(({ nth }) => nth >= message.nth)
   */
  readonly receipts: (room: string, of?: number) => LiveThing<Receipts>
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
  /** Ends the user's membership, or takes an open room off their list. An owner's room passes to its oldest member. */
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
  const pinned = createCache((room: string, touch) =>
    createLazyThing(
      ({ createPinned }) => createPinned(wire, messages(room), room, touch),
      'get_pinned_messages',
      touch,
    ),
  )
  const lists = once(({ createRoomLists }) => createRoomLists(wire))
  const listOf = (isArchived: boolean): LiveList<ListedRoom> =>
    createLazyList((things) => lists(things).list(isArchived), 'get_rooms')
  const [main, archive] = [listOf(false), listOf(true)]
  const unread = createLazy(loadingUnread, (things) => lists(things).unread, 'get_unread')
  const receipts = createCache((key: string, touch) => {
    const { room, of }: { room: string; of?: number } = JSON.parse(key)
    return createLazyThing(
      ({ createReceipts }) => createReceipts(wire, roomStream(room), of, touch),
      'get_receipts',
      touch,
    )
  })
  const members = createCache((room: string, touch) =>
    createLazyList(
      ({ createRoomMembers }) => createRoomMembers(wire, room, touch),
      'get_room_members',
      touch,
    ),
  )
  const get = createCache((room: string, touch) =>
    createLazyThing(({ createRoomInfo }) => createRoomInfo(wire, room, touch), 'get_room', touch),
  )
  return {
    get: (name) => get(normalName(name)),
    list: ({ isArchived = false } = {}) => (isArchived ? archive : main),
    unread: () => unread,
    keep: async (room, keeping) => lists(await laterThings.load('keep_room')).keep(normalName(room), keeping),
    receipts: (name, of) => receipts(JSON.stringify({ room: normalName(name), of })),
    messages: (name) => messages(normalName(name)),
    pinned: (name) => pinned(normalName(name)),
    members,
    create: (draft) => create(connection, draft, request.create_room),
    update: (room, changes) => request.update_room({ room, ...changes }),
    addMembers: (room, userIds) => request.add_members({ room, members: [...userIds] }),
    mute: (room, user_id, for_ms) => request.mute_member({ room, user_id, for_ms }),
    unmute: (room, user_id) => request.mute_member({ room, user_id, for_ms: 0 }),
    removeMembers: (room, userIds) => request.remove_members({ room, members: [...userIds] }),
    close: (room) => request.close_room({ room }),
    createInvite: (room, draft) => create(connection, { ...draft, room }, request.create_invite),
    acceptInvite: (invite) => request.accept_invite({ invite }),
    async leave(room) {
      await request.leave_room({ room })
      ifLoaded(lists)?.remove(room)
    },
  }
}
