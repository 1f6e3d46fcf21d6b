import type { Session } from '@dowellchat/protocol'

const prefix = 'guest:'

/** The session of a connection that does not say who it is: a customer under an id that no user can have. */
export function anonymousSession(workspace_id: string, device_id: string): Session {
  return { workspace_id, user_id: `${prefix}${device_id}`, role: 'customer', name: null, device_id }
}

export function isAnonymous({ user_id, device_id }: Session): boolean {
  return user_id === `${prefix}${device_id}`
}

/** Whether an id is kept for anonymous sessions, so that nobody may claim it. */
export function isAnonymousId(userId: string): boolean {
  return userId.startsWith(prefix)
}
