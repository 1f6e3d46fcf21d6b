import type { Session } from '@dowellchat/protocol'
import { anonymousPrefix } from '../stores/person.ts'
import { plainSession } from './identity.ts'

export { anonymousPrefix }

/** The session of a connection that does not say who it is: a customer under an id that no user can have. */
export function anonymousSession(workspace_id: string, device_id: string): Session {
  const user_id = `${anonymousPrefix}${device_id}`
  return plainSession({ workspace_id, user_id, role: 'customer', name: null, device_id })
}

/** Whether it is a connection, or a device, that has not said who it is. No guest's is: `Guests.enter` sees to it. */
export function isAnonymous({ user_id, device_id }: Pick<Session, 'user_id' | 'device_id'>): boolean {
  return user_id === `${anonymousPrefix}${device_id}`
}
