import type { RoomPresence } from '../entities.ts'
import { isRequestError } from '../errors.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import type { Wire } from '../requests/wire.ts'
import { watchAccess } from '../rooms/membership.ts'

/** Who is in a room, which is joined as long as this is followed. */
export function createRoomPresence(
  wire: Wire,
  room: string,
  messages: LiveStream,
  touch: () => void,
): CachedThing<RoomPresence> {
  const nobody: RoomPresence = { room, count: 0, user_ids: [] }

  async function load(): Promise<RoomPresence> {
    await untilJoined(messages)
    if (!wire.connection.getSnapshot().session?.can.includes('get_room_presence')) return nobody
    try {
      return await wire.request.get_room_presence({ room })
    } catch (error) {
      // A workspace may tell nobody who is there.
      if (isRequestError(error) && error.code === 'forbidden') return nobody
      throw error
    }
  }

  return createLiveThing<RoomPresence>(
    {
      load,
      merge: (_, pushed) => pushed,
      watch: (push, again) =>
        together(
          // First: its messages are joined again before this looks for how that goes.
          messages.retain(),
          wire.on.room_presence(({ data }) => data.room === room && push(data)),
          watchAccess(wire, (one) => one === room, again),
        ),
    },
    wire,
    touch,
  )
}

/** Resolves once the room is joined; rejects with the reason if it cannot be. */
function untilJoined(messages: LiveStream): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      const { status, sync, error } = messages.getSnapshot()
      if (sync === 'live') resolve()
      else if (status === 'error' && sync === 'offline' && isRequestError(error)) reject(error)
      else return false
      return true
    }
    if (look()) return
    const stop = messages.subscribe(() => {
      if (look()) stop()
    })
  })
}
