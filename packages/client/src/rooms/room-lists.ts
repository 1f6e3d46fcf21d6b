import { limits } from '@dowellchat/protocol/core'
import type { PushOf, Room, RoomInfo, RoomMember } from '../entities.ts'
import { createLiveList, type EditableList, type LiveList } from '../live/live-list.ts'
import type { Wire } from '../requests/wire.ts'

type MemberChange = PushOf<'member_changed'>['changes'][number]

/** What has become of the user's own membership in a `member_changed`; undefined if it is about others. */
function ownChange({ connection }: Wire, { changes }: PushOf<'member_changed'>): MemberChange | undefined {
  const { session } = connection.getSnapshot()
  const own = session ? [session.user_id, ...session.guest_ids] : []
  return changes.find(({ user_id }) => own.includes(user_id))
}

/** Calls `again` when the user becomes a member of a room or is no longer, or when the room is closed. */
export function watchAccess(wire: Wire, room: string, again: () => void): () => void {
  const stops = [
    wire.on.member_changed((push) => {
      if (push.room === room && ownChange(wire, push)) again()
    }),
    wire.on.room_updated(({ data }) => {
      if (data._id === room && data.closed_at !== null) again()
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** The user's rooms with members. */
export function createRoomList(wire: Wire): LiveList<Room> {
  const { request, on } = wire
  return createLiveList<Room>(
    {
      load: async () => (await request.get_rooms({ limit: limits.rooms })).rooms,
      watch(change) {
        const stops = [
          on.room_updated(({ data }) => {
            if (data.kind !== 'open') change((rooms) => withRoom(rooms, data))
          }),
          on.member_changed((push) => {
            if (ownChange(wire, push)?.role === null)
              change((rooms) => rooms.filter(({ _id }) => _id !== push.room))
          }),
        ]
        return () => {
          for (const stop of stops) stop()
        }
      },
    },
    wire,
  )
}

/** The rooms with this one in its place, in front if it is new, and without it once it is closed. */
function withRoom(rooms: readonly Room[], room: Room): readonly Room[] {
  const others = rooms.filter(({ _id }) => _id !== room._id)
  if (room.closed_at !== null) return others
  if (others.length === rooms.length) return [room, ...rooms]
  return rooms.map((one) => (one._id === room._id && one.version <= room.version ? room : one))
}

/** The members of a room. */
export function createRoomMembers(wire: Wire, room: string, touch: () => void): EditableList<RoomMember> {
  const { request, on } = wire

  async function load(): Promise<RoomMember[]> {
    const all: RoomMember[] = []
    for (let more = true; more; ) {
      const after = all.at(-1)?.user_id
      const page = await request.get_room_members({
        room,
        limit: limits.page_entries,
        ...(after !== undefined && { after }),
      })
      all.push(...page.members)
      more = page.more
    }
    return all
  }

  const list: EditableList<RoomMember> = createLiveList<RoomMember>(
    {
      load,
      watch(change) {
        touch()
        const stops = [
          on.member_changed((push) => {
            if (push.room !== room) return
            // Whoever is removed may not see the others any more.
            if (ownChange(wire, push)) void list.reload()
            else change((members) => withChanges(members, push.changes))
          }),
          on.room_updated(({ data }) => {
            // Another server has changed the members.
            const { status, items } = list.getSnapshot()
            if (data._id === room && status === 'ready' && data.member_count !== items.length)
              void list.reload()
          }),
        ]
        return () => {
          for (const stop of stops) stop()
          touch()
        }
      },
    },
    wire,
  )
  return list
}

function withChanges(
  members: readonly RoomMember[],
  changes: readonly MemberChange[],
): readonly RoomMember[] {
  const changed = new Set(changes.map(({ user_id }) => user_id))
  const now = changes.flatMap(({ user_id, role, joined_at }) =>
    role === null || joined_at === null ? [] : [{ user_id, role, joined_at }],
  )
  const kept = members.filter(({ user_id }) => !changed.has(user_id))
  return [...kept, ...now].sort((a, b) => (a.user_id < b.user_id ? -1 : 1))
}

/** What is known of a room, as a list of one. */
export function createRoomInfo(wire: Wire, room: string, touch: () => void): EditableList<RoomInfo> {
  const { request, on } = wire
  const list: EditableList<RoomInfo> = createLiveList<RoomInfo>(
    {
      load: async () => [await request.get_room({ room })],
      watch(change) {
        touch()
        const stops = [
          on.room_updated(({ data }) => {
            if (data._id === room && data.kind !== 'open')
              change((items) => items.map((info) => ({ ...info, room: data })))
          }),
          // What one may do has changed too.
          on.member_changed((push) => {
            if (push.room === room && ownChange(wire, push)) void list.reload()
          }),
        ]
        return () => {
          for (const stop of stops) stop()
          touch()
        }
      },
    },
    wire,
  )
  return list
}
