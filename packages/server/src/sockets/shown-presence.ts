import type { Presence } from '@dowellchat/protocol'
import type { UserSettings } from '../stores/store.ts'

/** Whether a user wants nobody to learn whether they are there. */
export function isHidden(settings: UserSettings | undefined): boolean {
  return settings !== undefined && (!settings.shows_presence || settings.availability === 'offline')
}

/** A user as others see them. Guests, and those who have never connected, have no settings. */
export function shownPresence(
  user_id: string,
  isConnected: boolean,
  settings: UserSettings | undefined,
  lastSeenAt = settings?.last_seen_at ?? null,
): Presence {
  const hides = isHidden(settings)
  return {
    user_id,
    availability: isConnected && !hides ? (settings?.availability ?? 'online') : 'offline',
    status_text: settings?.status_text ?? null,
    last_seen_at: isConnected || hides ? null : lastSeenAt,
  }
}

/** A user who is connected as they see themselves. */
export function ownPresence(user_id: string, settings: UserSettings | undefined): Presence {
  return {
    user_id,
    availability: settings?.availability ?? 'online',
    status_text: settings?.status_text ?? null,
    last_seen_at: null,
  }
}
