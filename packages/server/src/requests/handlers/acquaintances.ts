import type { Session } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { rightOf } from '../../identity/permissions.ts'
import type { UserSeen } from '../../stores/store.ts'
import { isoNow } from '../../time.ts'
import type { Context } from '../handler.ts'

/**
 * Those of the users who share a room with members, a direct room or a ticket with the session's user. A bounded number of
 * indexed look-ups for each user.
 */
export async function acquaintancesAmong(
  { session, store }: Pick<Context, 'session' | 'store'>,
  userIds: readonly string[],
): Promise<Set<string>> {
  const { workspace_id, user_ids } = session
  const others = [...new Set(userIds)].filter((user_id) => !user_ids.includes(user_id))
  if (others.length === 0) return new Set()
  const [inRooms, inTickets] = await Promise.all([
    store.rooms.shared(workspace_id, user_ids, others),
    store.tickets.shared(workspace_id, user_ids, others),
  ])
  return new Set([...inRooms, ...inTickets])
}

/** Whether the session's user may meet everybody in the workspace. Guests may not. */
export function meetsAnybody({ session, workspace }: Pick<Context, 'session' | 'workspace'>): boolean {
  if (session.is_guest) return false
  return rightOf('create_room', session) === 'all' || workspace?.customers_meet === 'anybody'
}

/** Throws if there is somebody whom the session's user may not meet, whether that user exists or not. */
export async function expectKnown(context: Context, userIds: readonly string[]): Promise<void> {
  if (meetsAnybody(context)) return
  const known = await acquaintancesAmong(context, userIds)
  const isKnown = (id: string) => known.has(id) || context.session.user_ids.includes(id)
  if (userIds.every(isKnown)) return
  throw new RequestError('forbidden', 'members: expected people who share a room or a ticket with you')
}

/** A session's user, as seen now. */
export function seenOf({ user_id, name }: Session): UserSeen {
  return { user_id, name, picture: null, at: isoNow() }
}

/** Whether the session may see everybody in the workspace. */
export function seesAll(context: Context): boolean {
  return context.right === 'all' || meetsAnybody(context)
}

/** Those of the ids whose users the session may see, whether there are such users or not. */
export async function visibleUsers(userIds: readonly string[], context: Context): Promise<readonly string[]> {
  if (seesAll(context)) return userIds
  const [known, programs] = await Promise.all([
    acquaintancesAmong(context, userIds),
    programsAmong(context, userIds),
  ])
  const { user_ids } = context.session
  return userIds.filter((id) => known.has(id) || programs.has(id) || user_ids.includes(id))
}

/**
 * The programs among the users, for who comes with a server key, as every program does, and could speak for anybody: wherever two
 * programs meet, each has to know that the other one is none of the people.
 */
async function programsAmong(
  { session, credential, store }: Pick<Context, 'session' | 'credential' | 'store'>,
  userIds: readonly string[],
): Promise<Set<string>> {
  if (credential.kind !== 'server_key') return new Set()
  const users = await store.users.get(session.workspace_id, userIds)
  return new Set(users.flatMap(({ user_id, is_program }) => (is_program ? [user_id] : [])))
}
