import type { Room, RoomInfo } from '../entities.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { ownChange } from './membership.ts'

/** What is known of a room. */
export function createRoomInfo(wire: Wire, room: string, touch: () => void): CachedThing<RoomInfo> {
  const { request, on } = wire
  return createLiveThing<RoomInfo, Room>(
    {
      load: () => request.get_room({ room }),
      merge: (info, now) => info && (now.version < info.room.version ? info : { ...info, room: now }),
      watch: (push, again) =>
        together(
          on.room_updated(({ data }) => {
            if (data._id === room && data.kind !== 'open') push(data)
          }),
          // What one may do has changed too.
          on.member_changed((change) => {
            if (change.room === room && ownChange(wire, change)) again()
          }),
        ),
    },
    wire,
    touch,
  )
}
