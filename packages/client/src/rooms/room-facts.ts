import type { Reader, Room } from '../entities.ts'
import {
  type Counted,
  type IsOwn,
  isUnsure,
  type RoomActivity,
  withActivity,
  withReader,
  withRoom,
} from './listed-rooms.ts'

/** What was said last of a room. */
export interface Facts {
  readonly room?: Room
  readonly reader?: Reader
  readonly activity?: RoomActivity
}

/** What was pushed lately: an answer that is on its way need not have it yet. */
export interface RoomFacts {
  readonly note: (room: string, facts: Facts) => void
  /** The room with what was said of it. */
  readonly apply: (known: Counted) => Counted
  readonly clear: () => void
}

/** Of so many rooms. */
const mostNoted = 1_000

/** Whose messages are the user's own, and who is told of rooms whose counts are not sure. */
export interface FactsOptions {
  readonly isOwn: IsOwn
  readonly doubt: (room: string) => void
}

export function createRoomFacts({ isOwn, doubt }: FactsOptions): RoomFacts {
  const noted = new Map<string, Facts>()
  return {
    note(room, facts) {
      const all = { ...noted.get(room), ...facts }
      noted.delete(room)
      noted.set(room, all)
      const [oldest] = noted.keys()
      if (noted.size > mostNoted && oldest !== undefined) noted.delete(oldest)
    },
    apply(known) {
      const { room, reader, activity } = noted.get(known.room._id) ?? {}
      let now = room ? withRoom(known, room) : known
      // An answer of the same version has counted later.
      if (reader && reader.version > now.room.reader.version) now = withReader(now, reader)
      if (!activity) return now
      if (isUnsure(now, activity, isOwn)) doubt(now.room._id)
      return withActivity(now, activity, isOwn)
    },
    clear: () => noted.clear(),
  }
}
