import type { Context } from '../handler.ts'

/**
 * Those of the users who share a room with members, a direct room or a ticket with the session's user. A bounded number of
 * indexed look-ups for each user.
 */
export async function acquaintancesAmong(
  { session, store }: Context,
  userIds: readonly string[],
): Promise<Set<string>> {
  const { workspace_id } = session
  const own = ownIds(session)
  const others = [...new Set(userIds)].filter((user_id) => !own.includes(user_id))
  if (others.length === 0) return new Set()
  const [inRooms, inTickets] = await Promise.all([
    store.rooms.shared(workspace_id, own, others),
    store.tickets.shared(workspace_id, own, others),
  ])
  return new Set([...inRooms, ...inTickets])
}

/** Every id that is the session's user. */
export function ownIds(session: Context['session']): readonly string[] {
  return [session.user_id]
}
