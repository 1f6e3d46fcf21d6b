import type { RoomPresence } from '../entities.ts'
import type { CachedThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import type { Wire } from '../requests/wire.ts'
import { createOwnPresence, type RealOwnPresence } from './live-own-presence.ts'
import { createTyping, type RealTyping } from './live-typing.ts'
import { createPresenceLoader } from './presence-loader.ts'
import { createRoomPresence } from './room-presence.ts'
import { createUserPresences, type FollowedPresences, type Presences } from './user-presences.ts'

/** What loads with the first use of presence or typing. */
export interface PresencePart {
  readonly typing: (stream: string) => RealTyping
  readonly users: (userIds: readonly string[], touch: () => void) => CachedThing<Presences>
  readonly room: (room: string, touch: () => void) => CachedThing<RoomPresence>
  readonly own: RealOwnPresence
}

export function createPresencePart(wire: Wire, messagesOf: (room: string) => LiveStream): PresencePart {
  const find = createPresenceLoader(wire)
  const followed = new Set<FollowedPresences>()
  return {
    typing: (stream) => createTyping(wire, stream),
    users: (userIds, touch) => createUserPresences(wire, find, userIds, followed, touch),
    room: (room, touch) => createRoomPresence(wire, room, messagesOf(room), touch),
    own: createOwnPresence(wire, find, () => {
      for (const { again } of [...followed]) again()
    }),
  }
}
