import type { ChatStorage } from '@dowellchat/client'
import { forgetGuest, type Person, wasGuest } from './person.ts'

/**
 * Where a client looks for the guest that its user was; undefined for the browser's storage. In other applications a
 * browser has one user, to whom whatever a guest did in it belongs. Here each tab may be somebody else, so only the tab in
 * which the guest logged in may take it over.
 */
export function guestStorageOf(person: Person): ChatStorage | undefined {
  return person.isGuest ? undefined : ofThisTab
}

/** Whether a key is the guest's; others have the user's id in them, such as that of unsent messages. */
const isGuests = (key: string): boolean => key.startsWith('dowellchat guests')

const ofThisTab: ChatStorage = {
  get: async (key) => (isGuests(key) && !wasGuest() ? null : window.localStorage.getItem(key)),
  set: async (key, value) => window.localStorage.setItem(key, value),
  async remove(key) {
    if (isGuests(key)) {
      if (!wasGuest()) return
      forgetGuest()
    }
    window.localStorage.removeItem(key)
  },
}
