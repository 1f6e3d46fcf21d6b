import { normalName, roomStream, threadStream, ticketStream } from '@dowellchat/protocol/core'
import type { Preferences, Presence, RoomPresence } from '../entities.ts'
import { ownError } from '../errors.ts'
import { createCache } from '../live/cache.ts'
import { createLazy, createLazyThing } from '../live/lazy.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import type { Wire } from '../requests/wire.ts'
import type { RealTyping } from './live-typing.ts'
import type { Own, PreferenceChanges, PresenceChanges } from './own-presence.ts'
import type { PresencePart } from './presence-part.ts'
import { type LiveTyping, nobodyTypes, type TypingPlace, type TypingState } from './typing.ts'
import type { Presences } from './user-presences.ts'

/** Who is there, and who is writing. */
export interface ChatPresence {
  /** Who else is writing in a room, a ticket or a thread that is joined, and how to say that the user is. */
  readonly typing: (place: TypingPlace) => LiveTyping
  /**
   * Whether users are there, by their ids. Those whom the session may not see are missing. The server follows the last 500
   * that a client has asked for.
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

interface Held {
  readonly retain: () => () => void
}

export function createPresence(wire: Wire, messagesOf: (room: string) => LiveStream): ChatPresence {
  let made: PresencePart | undefined
  async function part(): Promise<PresencePart> {
    const { createPresencePart } = await load()
    made ??= createPresencePart(wire, messagesOf)
    return made
  }

  const typing = createCache((stream: string, touch) => {
    const find = async () => (await part()).typing(stream)
    const lazy = createLazy<TypingState, RealTyping>(nobodyTypes, find)
    const later = (run: (typing: RealTyping) => void) => (): void => void lazy.real().then(run, () => {})
    return {
      ...counted(lazy, touch),
      keystroke: later((one) => one.keystroke()),
      stop: later((one) => one.stop()),
    }
  })
  const users = createCache((key: string, touch) =>
    counted(
      createLazyThing(async () => (await part()).users(key)),
      touch,
    ),
  )
  const room = createCache((name: string, touch) =>
    counted(
      createLazyThing(async () => (await part()).room(name)),
      touch,
    ),
  )
  const own = createLazyThing(async () => (await part()).own.thing)

  return {
    typing: (place) => typing(streamOf(place)),
    users: (userIds) => users(JSON.stringify([...new Set(userIds)])),
    room: (name) => room(normalName(name)),
    own: () => own,
    set: async (changes) => (await part()).own.set(changes),
    setPreferences: async (changes) => (await part()).own.setPreferences(changes),
  }
}

/** The code for all of this, which is loaded with its first use. */
async function load() {
  try {
    return await import('../later-things.ts')
  } catch {
    throw ownError('get_presence', 'unavailable', 'The code for this could not be loaded')
  }
}

/** Counts who holds a thing, so that its cache knows when it may go. */
function counted<Thing extends Held>(thing: Thing, touch: () => void): Thing & { isIdle(): boolean } {
  let holders = 0
  return {
    ...thing,
    isIdle: () => holders === 0,
    retain() {
      const letGo = thing.retain()
      holders += 1
      touch()
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        holders -= 1
        letGo()
        touch()
      }
    },
  }
}

function streamOf(place: TypingPlace): string {
  if (typeof place === 'string') return roomStream(normalName(place))
  if ('ticket' in place) return ticketStream(place.ticket)
  const { thread } = place
  if (typeof thread === 'string') return threadStream(thread)
  return threadStream(('message' in thread ? thread.message._id : thread._id) ?? '')
}
