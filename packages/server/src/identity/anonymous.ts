import type { Session } from '@dowellchat/protocol'
import { plainSession } from './identity.ts'

/** The user ids of anonymous sessions begin with this; no other user id may. */
export const anonymousPrefix = 'guest:'

/** The session of a connection that does not say who it is: a customer under an id that no user can have. */
export function anonymousSession(workspace_id: string, device_id: string): Session {
  const user_id = `${anonymousPrefix}${device_id}`
  return plainSession({ workspace_id, user_id, role: 'customer', name: null, device_id })
}

/** Whether it is a connection, or a device, that has not said who it is. No guest's is: `Guests.enter` sees to it. */
export function isAnonymous({ user_id, device_id }: Pick<Session, 'user_id' | 'device_id'>): boolean {
  return user_id === `${anonymousPrefix}${device_id}`
}
