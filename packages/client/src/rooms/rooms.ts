import { normalName, roomStream } from '@dowellchat/protocol/core'
import type { ListedRoom, Message, Reader, RoomInfo, RoomMember } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { ifLoaded, laterThings, once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazy, createLazyList, createLazyLists, createLazyThings } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { createLiveStream, type StreamKind } from '../messages/stream.ts'
import type { Wire } from '../requests/wire.ts'
import type { Keeping } from './kept-rooms.ts'
import { watchAccess } from './membership.ts'
import type { Receipts } from './receipts-state.ts'
import type { RoomActions } from './room-actions.ts'
import { type LiveUnread, loadingUnread } from './unread-state.ts'

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
export interface Rooms extends RoomActions {
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
  /** Ends the user's membership, or takes an open room off their list. An owner's room passes to its oldest member. */
  readonly leave: (room: string) => Promise<void>
}

export function createRooms(wire: Wire): Rooms {
  const { request, shown } = wire
  const messages = createCache((room: string, touch) => {
    const kind: StreamKind = {
      stream: roomStream(room),
      join: (from) => shown.join({ room, ...from }),
      leave: () => shown.leave({ room }),
      watch: (again) => watchAccess(wire, (one) => one === room, again),
    }
    return createLiveStream(kind, wire, touch)
  })
  const pinned = createLazyThings(
    ({ createPinned }, room, touch) => createPinned(wire, messages(room), room, touch),
    'get_pinned_messages',
  )
  const lists = once(({ createRoomLists }) => createRoomLists(wire))
  const listOf = (isArchived: boolean): LiveList<ListedRoom> =>
    createLazyList((things) => lists(things).list(isArchived), 'get_rooms')
  const [main, archive] = [listOf(false), listOf(true)]
  const unread = createLazy(loadingUnread, (things) => lists(things).unread, 'get_unread')
  const receipts = createLazyThings(({ createReceipts }, key, touch) => {
    const { room, of }: { room: string; of?: number } = JSON.parse(key)
    return createReceipts(wire, roomStream(room), of, touch)
  }, 'get_receipts')
  const members = createLazyLists(
    ({ createRoomMembers }, room, touch) => createRoomMembers(wire, room, touch),
    'get_room_members',
  )
  const get = createLazyThings(
    ({ createRoomInfo }, room, touch) => createRoomInfo(wire, room, touch),
    'get_room',
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
    ...laterMethods<RoomActions>(
      roomActions,
      ({ createRoomActions }) => createRoomActions(wire),
      'update_room',
    ),
    async leave(room) {
      await request.leave_room({ room })
      ifLoaded(lists)?.remove(room)
    },
  }
}

const roomActions = [
  ...(['create', 'update', 'addMembers', 'removeMembers', 'mute', 'unmute'] as const),
  ...(['close', 'createInvite', 'acceptInvite'] as const),
]
