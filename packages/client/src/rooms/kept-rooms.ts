import type { PayloadOf } from '@dowellchat/protocol'
import type { ListedRoom } from '../entities.ts'
import { type Counted, countedRoom, looksTheSame } from './listed-rooms.ts'

/** How the user keeps a room in their list; what is left out stays. */
export type Keeping = Omit<PayloadOf<'keep_room'>, 'room'>

/** What is shown of rooms: what the server has, with what the user has just asked for. */
export interface KeptRooms {
  /** What the server has of a room that is shown. */
  readonly base: (shown: ListedRoom) => Counted
  /** What is shown of a room: the same object as before, if it looks the same. */
  readonly show: (base: Counted, before?: ListedRoom) => ListedRoom
  /** From now on the room is shown as it is to be kept, until the answer is called. */
  readonly begin: (room: string, keeping: Keeping) => () => void
}

export function createKeptRooms(): KeptRooms {
  const bases = new WeakMap<ListedRoom, Counted>()
  const asked = new Map<string, readonly Keeping[]>()
  return {
    base: (shown) => bases.get(shown) ?? countedRoom(shown),
    show(base, before) {
      const { room } = base
      const now = (asked.get(room._id) ?? []).reduce(withKeeping, room)
      const shown = before && looksTheSame(before, now) ? before : now
      bases.set(shown, base)
      return shown
    },
    begin(room, keeping) {
      const own = { ...keeping }
      asked.set(room, [...(asked.get(room) ?? []), own])
      return () => {
        const others = (asked.get(room) ?? []).filter((one) => one !== own)
        if (others.length > 0) asked.set(room, others)
        else asked.delete(room)
      }
    },
  }
}

function withKeeping(room: ListedRoom, keeping: Keeping): ListedRoom {
  const given = Object.entries(keeping).filter(([, value]) => value !== undefined)
  return { ...room, reader: { ...room.reader, ...Object.fromEntries(given) } }
}
