import type { Connection } from '../connection/connection.ts'

/** The ids that are the user's own: that of the session, and those of guests whom they were. */
export function ownIdsOf(connection: Pick<Connection, 'getSnapshot'>): readonly string[] {
  const { session } = connection.getSnapshot()
  return session ? [session.user_id, ...session.guest_ids] : []
}

/** Whether an id is the user's own, or that of a guest whom they were. */
export function isOwnId(connection: Pick<Connection, 'getSnapshot'>, id: string | null): boolean {
  return id !== null && ownIdsOf(connection).includes(id)
}
