import { normalName, roomStream, threadStream, ticketStream } from '@dowellchat/protocol/core'
import type { Preferences, Presence, RoomPresence } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazy, createLazyThing, createLazyThings } from '../live/lazy.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { messageIn } from '../messages/replies.ts'
import type { Wire } from '../requests/wire.ts'
import type { RealTyping } from './live-typing.ts'
import type { Own, PreferenceChanges, PresenceChanges } from './own-presence.ts'
import { type LiveTyping, nobodyTypes, type TypingPlace, type TypingState } from './typing.ts'
import type { Presences } from './user-presences.ts'

/** Who is there, and who is writing. */
export interface ChatPresence {
  /** Who else is writing in a room, a ticket or a thread that is joined, and how to say that the user is. */
  readonly typing: (place: TypingPlace) => LiveTyping
  /**
   * Whether users are there, by their ids. Those whom the session may not see are missing; until `sync` is `live`, so may be those
   * whom nobody has followed before. The server follows the last 500 that a client has asked for.
   *
   * @example
   * const state = client.presence.users(['bob']).getSnapshot()
   * const isThere = state.data?.get('bob')?.availability === 'online'
   */
  readonly users: (userIds: readonly string[]) => LiveThing<Presences>
  /** Who is in a room, which is joined as long as this is followed. */
  readonly room: (room: string) => LiveThing<RoomPresence>
  /** How the user is shown to others, and what they keep to themselves. */
  readonly own: () => LiveThing<Own>
  /** Changes how the user is shown, on all their devices. Rejects with a `RequestError`. */
  readonly set: (changes: PresenceChanges) => Promise<Presence>
  /** Changes what the user keeps to themselves, and does not learn of others. Rejects with a `RequestError`. */
  readonly setPreferences: (changes: PreferenceChanges) => Promise<Preferences>
}

export function createPresence(wire: Wire, messagesOf: (room: string) => LiveStream): ChatPresence {
  const part = once(({ createPresencePart }) => createPresencePart(wire, messagesOf))

  const typing = createCache((stream: string, touch) => {
    const lazy = createLazy<TypingState, RealTyping>(
      nobodyTypes,
      (things) => part(things).typing(stream),
      'typing',
      touch,
    )
    const later = (run: (typing: RealTyping) => void) => (): void => void lazy.real().then(run, () => {})
    return { ...lazy, keystroke: later((one) => one.keystroke()), stop: later((one) => one.stop()) }
  })
  const users = createLazyThings(
    (things, key, touch) => part(things).users(JSON.parse(key), touch),
    'get_presence',
  )
  const room = createLazyThings((things, name, touch) => part(things).room(name, touch), 'get_room_presence')
  const own = createLazyThing((things) => part(things).own.thing, 'get_presence')

  return {
    typing: (place) => typing(streamOf(place)),
    users: (userIds) => users(JSON.stringify([...new Set(userIds)].sort())),
    room: (name) => room(normalName(name)),
    own: () => own,
    ...laterMethods<Pick<ChatPresence, 'set' | 'setPreferences'>>(
      ['set', 'setPreferences'],
      (things) => part(things).own,
      'set_presence',
    ),
  }
}

function streamOf(place: TypingPlace): string {
  if (typeof place === 'string') return roomStream(normalName(place))
  if ('ticket' in place) return ticketStream(place.ticket)
  const { thread } = place
  return threadStream(typeof thread === 'string' ? thread : (messageIn(thread)._id ?? ''))
}
