import type { PayloadOf } from '@dowellchat/protocol'
import type { Preferences, Presence } from '../entities.ts'

/**
 * How the user wants to be shown. What is left out stays; a status text of null, or an empty one, removes it.
 *
 * @example
 * const lunch: PresenceChanges = { availability: 'away', status_text: 'Lunch' }
 */
export interface PresenceChanges extends PayloadOf<'set_presence'> {}

/** What the user keeps to themselves. What is left out stays. */
export interface PreferenceChanges extends PayloadOf<'set_preferences'> {}

/** How the user is shown to others, and what they keep to themselves. */
export interface Own {
  readonly presence: Presence
  readonly preferences: Preferences
}
