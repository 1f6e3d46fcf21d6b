import type { Connection } from '../connection/connection.ts'

/** Whether an id is the user's own, or that of a guest whom they were. */
export function isOwnId(connection: Pick<Connection, 'getSnapshot'>, id: string): boolean {
  const { session } = connection.getSnapshot()
  return session !== null && (session.user_id === id || session.guest_ids.includes(id))
}
