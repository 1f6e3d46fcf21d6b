import type { PushOf, RoomMember } from '../entities.ts'
import type { EditableList } from '../live/live-list.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import { byUser } from '../live/orders.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { ownChange } from './membership.ts'

/** The members of a room. */
export function createRoomMembers(wire: Wire, room: string, touch: () => void): EditableList<RoomMember> {
  const { request, on } = wire
  /** The newest version of the room whose changes the list has heard of. */
  let heard = 0

  function onChange(push: PushOf<'member_changed'>): void {
    heard = push.version
    for (const { user_id, role, joined_at, muted_until } of push.changes) {
      if (role === null || joined_at === null) list.remove(user_id)
      else list.put({ user_id, role, joined_at, muted_until })
    }
  }

  /** Whether another server has changed the members: then only the room is pushed. */
  function isMissing({ version, member_count }: PushOf<'room_updated'>['data']): boolean {
    const { status, items, hasMore } = list.getSnapshot()
    if (status !== 'ready') return false
    return hasMore ? version > heard : member_count !== items.length
  }

  const list: EditableList<RoomMember> = createLoadedList<RoomMember>(
    {
      ...byUser,
      async page(last, limit) {
        const after = last && { after: last.user_id }
        const { members, more } = await request.get_room_members({ room, limit, ...after })
        return { items: members, hasMore: more }
      },
      watch: (_changes, again) =>
        together(
          on.member_changed((push) => {
            if (push.room !== room) return
            // Whoever is removed may not see the others any more.
            if (ownChange(wire, push)) again()
            else onChange(push)
          }),
          on.room_updated(({ data }) => {
            if (data._id !== room || !isMissing(data)) return
            heard = data.version
            again()
          }),
        ),
    },
    wire,
    touch,
  )
  return list
}
