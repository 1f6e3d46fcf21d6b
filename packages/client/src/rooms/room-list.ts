import { limits } from '@dowellchat/protocol/core'
import type { Room } from '../entities.ts'
import { createLiveList, type LiveList } from '../live/live-list.ts'
import { newestFirst } from '../live/orders.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { ownChange } from './membership.ts'

/** The user's rooms with members. */
export function createRoomList(wire: Wire): LiveList<Room> {
  const { request, on } = wire
  return createLiveList<Room>(
    {
      ...newestFirst,
      mostAtOnce: limits.rooms,
      isOutdated: ({ version }, known) => version < known.version,
      async page(last, limit) {
        const { rooms, more } = await request.get_rooms({ limit, ...(last && { before: last._id }) })
        return { items: rooms, hasMore: more }
      },
      watch: ({ put, remove }) =>
        together(
          on.room_updated(({ data }) => {
            if (data.kind === 'open') return
            if (data.closed_at === null) put(data)
            else remove(data._id)
          }),
          on.member_changed((push) => {
            if (ownChange(wire, push)?.role === null) remove(push.room)
          }),
        ),
    },
    wire,
  )
}
