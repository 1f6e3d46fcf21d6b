import { roomStream } from '@dowellchat/protocol'
import type { Connection } from './connection.ts'
import type { RequestMethods } from './request.ts'
import { createLiveStream, type LiveStream } from './stream.ts'

/** The rooms of a client; each is made when it is first asked for, and stays the same object. */
export interface Rooms {
  /** A room by its name, made at the server when it is first joined or written to. */
  readonly room: (name: string) => LiveStream
}

export function createRooms(connection: Connection, request: RequestMethods): Rooms {
  const rooms = new Map<string, LiveStream>()

  function createRoom(room: string): LiveStream {
    return createLiveStream(
      {
        stream: roomStream(room),
        join: (position) => request.join({ room, ...(position && { position }) }),
        leave: () => request.leave({ room }),
        send: (draft) => request.message_event({ room_id: room, ...draft }),
      },
      connection,
      request,
    )
  }

  return {
    room(name) {
      const room = rooms.get(name) ?? createRoom(name)
      rooms.set(name, room)
      return room
    },
  }
}
