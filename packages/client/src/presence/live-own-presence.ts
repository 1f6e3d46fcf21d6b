import type { Preferences, Presence } from '../entities.ts'
import { createLiveThing, type LiveThing } from '../live/live-thing.ts'
import type { Wire } from '../requests/wire.ts'
import { isOwnId } from './own-id.ts'
import type { Own, PreferenceChanges, PresenceChanges } from './own-presence.ts'
import type { PresenceLoader } from './presence-loader.ts'

export interface RealOwnPresence {
  readonly thing: LiveThing<Own>
  readonly set: (changes: PresenceChanges) => Promise<Presence>
  readonly setPreferences: (changes: PreferenceChanges) => Promise<Preferences>
}

const unset = { sends_receipts: true, shows_presence: true }

/** @param onSight is called when what the user sees of others may have changed */
export function createOwnPresence(wire: Wire, find: PresenceLoader, onSight: () => void): RealOwnPresence {
  const { connection, request, on } = wire
  const changed = new Set<(own: Partial<Own>) => void>()

  function userId(): string {
    return connection.getSnapshot().session?.user_id ?? ''
  }

  async function load(): Promise<Own> {
    const can = connection.getSnapshot().session?.can ?? []
    const user_id = userId()
    const [[presence], preferences] = await Promise.all([
      find([user_id]),
      // An earlier server, and guests.
      can.includes('get_preferences') ? request.get_preferences({}) : unset,
    ])
    return { presence: presence ?? shownAsOnline(user_id), preferences }
  }

  const thing = createLiveThing<Own, Partial<Own>>(
    {
      load,
      merge: (known, change) => known && { ...known, ...change },
      watch(push, again) {
        changed.add(push)
        const stop = on.presence_changed(({ presences }) => {
          const presence = presences.find(({ user_id }) => isOwnId(connection, user_id))
          if (!presence) return
          push({ presence })
          // Another device may have changed either.
          again()
        })
        return () => {
          stop()
          changed.delete(push)
        }
      },
    },
    wire,
    () => {},
  )

  function tell(change: Partial<Own>): void {
    for (const push of changed) push(change)
  }

  return {
    thing,
    async set({ status_text, ...changes }) {
      const text = status_text === undefined ? {} : { status_text: status_text?.trim() || null }
      const presence = await request.set_presence({ ...changes, ...text })
      tell({ presence })
      return presence
    },
    async setPreferences(changes) {
      const preferences = await request.set_preferences(changes)
      tell({ preferences })
      if (changes.shows_presence !== undefined) onSight()
      return preferences
    },
  }
}

function shownAsOnline(user_id: string): Presence {
  return { user_id, availability: 'online', status_text: null, last_seen_at: null }
}
