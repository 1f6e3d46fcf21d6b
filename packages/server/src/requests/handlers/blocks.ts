import type { BlockedUser, UserRequests } from '@dowellchat/protocol'
import { usersOf } from '../../delivery/audience.ts'
import { RequestError } from '../../errors.ts'
import { anonymousPrefix } from '../../identity/anonymous.ts'
import { type Block, type ListRange, mostPairs } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'

const defaultBlocks = 50

type BlockRequests = Pick<UserRequests, 'block_user' | 'unblock_user' | 'get_blocked_users'>

export const blockHandlers: Handlers<BlockRequests> = {
  async block_user({ user_id }, context) {
    const { session, store, presence } = context
    if (session.user_ids.includes(user_id))
      throw new RequestError('invalid_payload', 'user_id: expected somebody else')
    const { row } = await store.blocks.create(session.workspace_id, session.user_id, user_id)
    await presence.sightChanged(session.workspace_id, session.user_id, user_id)
    announceBlock(context, user_id, true)
    return toBlockedUser(row)
  },

  async unblock_user({ user_id }, context) {
    const { session, store, presence } = context
    await store.blocks.remove(session.workspace_id, session.user_id, user_id)
    await presence.sightChanged(session.workspace_id, session.user_id, user_id)
    announceBlock(context, user_id, false)
    return { user_id }
  },

  async get_blocked_users({ before, limit = defaultBlocks }, context) {
    const range = await rangeAfter(before, limit + 1, context)
    const { workspace_id, user_id } = context.session
    const rows = range ? await context.store.blocks.list(workspace_id, user_id, range) : []
    return { blocked_users: rows.slice(0, limit).map(toBlockedUser), more: rows.length > limit }
  },
}

/** Also where nothing has changed: the first try may have ended before it was sent. */
function announceBlock({ session, notify }: Context, user_id: string, is_blocked: boolean): void {
  const data = { blocked_by: session.user_id, user_id, is_blocked }
  notify(usersOf(session.workspace_id, [session.user_id]), 'block_changed', data)
}

/** Where a list goes on; undefined where the user that it follows is not blocked. */
async function rangeAfter(
  userId: string | undefined,
  limit: number,
  { session, store }: Context,
): Promise<ListRange | undefined> {
  if (userId === undefined) return { limit }
  const known = await store.blocks.get(session.workspace_id, session.user_id, userId)
  return known ? { before: known._id, limit } : undefined
}

function toBlockedUser({ blocked_id, created_at }: Block): BlockedUser {
  return { user_id: blocked_id, blocked_at: created_at }
}

/** What a block covers of somebody: all their ids that are known here. A guest who has become a user is both. */
async function coveredIds(
  { session, store }: Context,
  userIds: readonly string[],
): Promise<(userId: string) => readonly string[]> {
  const guests = userIds.filter((id) => id.startsWith(anonymousPrefix) && !session.user_ids.includes(id))
  // Nearly always.
  const found = guests.length === 0 ? [] : await store.aliases.among(session.workspace_id, guests)
  const users = new Map(found.map(({ guest_id, user_id }) => [guest_id, user_id]))
  return (id) => {
    if (session.user_ids.includes(id)) return session.user_ids
    const user = users.get(id)
    return user === undefined ? [id] : [id, user]
  }
}

/** Whether one of two users has blocked the other. */
export async function isBlocked(context: Context, a: string, b: string): Promise<boolean> {
  const { session, store } = context
  const covered = await coveredIds(context, [a, b])
  const [one, other] = [covered(a), covered(b)]
  const both = [...one, ...other]
  const { blockers } = store.blocks
  // Nobody blocks themselves, but somebody may have blocked who they were as a guest.
  const found = await (both.length === 2
    ? blockers(session.workspace_id, both, both)
    : Promise.all([
        blockers(session.workspace_id, one, other),
        blockers(session.workspace_id, other, one),
      ]).then((ways) => ways.flat()))
  return found.length > 0
}

/** Throws if one of the users has blocked the session's user, who may not make them a member of anything. Admins may. */
export async function expectNoBlockers(context: Context, userIds: readonly string[]): Promise<void> {
  if (context.session.role === 'admin' || (await blockersAmong(context, userIds)).size === 0) return
  throw new RequestError('forbidden', 'members: you may not add somebody of these')
}

/** Those of the users who have blocked the session's user, under whichever of their ids. */
export async function blockersAmong(
  context: Context,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { session, store } = context
  const others = [...new Set(userIds)].filter((id) => !session.user_ids.includes(id))
  if (others.length === 0) return new Set()
  const covered = await coveredIds(context, others)
  const blockers = await store.blocks.blockers(
    session.workspace_id,
    others.flatMap((id) => covered(id)),
    session.user_ids,
  )
  return new Set(others.filter((id) => covered(id).some((one) => blockers.includes(one))))
}

/** Those of the users who have neither blocked the session's user, nor been blocked by them. */
export async function unblockedAmong(
  context: Context,
  userIds: readonly string[],
): Promise<readonly string[]> {
  const { session, store } = context
  const { workspace_id, user_ids } = session
  if (userIds.length === 0) return []
  const pairs = await store.blocks.pairs(workspace_id, user_ids)
  if (pairs.length < mostPairs) {
    const unseen = new Set(pairs.flatMap(({ user_id, blocked_id }) => [user_id, blocked_id]))
    return userIds.filter((id) => !unseen.has(id) || user_ids.includes(id))
  }
  // There may be more than are read at once.
  const areBlocked = await Promise.all(userIds.map((id) => isBlocked(context, id, session.user_id)))
  return userIds.filter((id, at) => user_ids.includes(id) || !areBlocked[at])
}
