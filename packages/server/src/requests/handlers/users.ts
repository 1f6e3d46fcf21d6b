import { limits, type UserRequests } from '@dowellchat/protocol'
import { userAudience } from '../../delivery/audience.ts'
import { RequestError } from '../../errors.ts'
import { erasedId } from '../../identity/erased.ts'
import { sessionsRevoked } from '../../identity/revocations.ts'
import type { Handlers } from '../handler.ts'
import { seenOf, seesAll, visibleUsers } from './acquaintances.ts'
import { blockersAmong, blockHandlers } from './blocks.ts'
import { fittingAnswer } from './fitting-answer.ts'

const defaultUsers = 50

export const userHandlers: Handlers<UserRequests> = {
  async get_users({ user_ids, text, before, limit = defaultUsers }, context) {
    const { store, session, connection } = context
    const { workspace_id } = session
    if (text !== undefined && !seesAll(context))
      throw new RequestError('forbidden', 'text: this workspace lets customers ask for user_ids only')
    const ids = await visibleUsers(user_ids ?? [], context)
    const { users, more } =
      text === undefined
        ? { users: await store.users.get(workspace_id, ids), more: false }
        : await store.users.search(workspace_id, { text, limit, ...(before !== undefined && { before }) })
    const fitting = fittingAnswer(users, limits.users_bytes)
    // Also those who have no row yet: it is written soon after they connect.
    const watched = text === undefined ? ids : fitting.map(({ user_id }) => user_id)
    const blockers = await blockersAmong(context, watched)
    connection.watchUsers(watched.filter((id) => !blockers.has(id)))
    const shown = fitting.map((user) => (blockers.has(user.user_id) ? { ...user, last_seen_at: null } : user))
    return { users: shown, more: more || fitting.length < users.length }
  },

  async update_me(change, { session, store, notify, keys, expectMetadata }) {
    expectMetadata('userMetadata', change.metadata)
    const { workspace_id, user_id } = session
    const erased_as = erasedId(keys, workspace_id, user_id)
    const user = await store.users.update(workspace_id, { ...seenOf(session), erased_as }, change)
    if (!user) throw sessionsRevoked()
    notify(userAudience(workspace_id, user_id), 'user_updated', { data: user })
    return user
  },

  ...blockHandlers,
}
