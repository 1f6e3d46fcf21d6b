import { normalName, roomStream } from '@dowellchat/protocol'
import { createCache } from './cache.ts'
import { createLiveStream, type LiveStream, type StreamKind } from './stream.ts'
import type { Wire } from './wire.ts'

/** The rooms of a client. */
export interface Rooms {
  /**
   * A room by its name, without spaces at its ends and characters that have no shape; the server creates it when somebody
   * first joins it or writes to it. Asking again for a name answers the same object, with its messages, while the room is
   * retained, has unsent messages or was used recently.
   */
  readonly room: (name: string) => LiveStream
}

export function createRooms(wire: Wire): Rooms {
  const { request } = wire
  const roomOf = createCache((room: string, touch) => {
    const kind: StreamKind = {
      stream: roomStream(room),
      join: (position) => request.join({ room, ...(position && { position }) }),
      leave: () => request.leave({ room }),
      send: (draft) => request.message_event({ room_id: room, ...draft }),
    }
    return createLiveStream(kind, wire, touch)
  })
  return { room: (name) => roomOf(normalName(name)) }
}
