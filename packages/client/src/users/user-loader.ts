import type { User } from '@dowellchat/protocol'
import { limits } from '@dowellchat/protocol/core'
import { inOneTurn } from '../requests/in-one-turn.ts'
import type { RequestMethods } from '../requests/request.ts'

/** Answers a user; null if there is none that the session may see. */
export type UserLoader = (userId: string) => Promise<User | null>

/** Loads users by their ids: all that are asked for in one turn by as few requests as there can be. */
export function createUserLoader(request: Pick<RequestMethods, 'get_users'>): UserLoader {
  const load = inOneTurn<User>(async (asked) => {
    const ids = [...asked]
    const found = new Map<string, User>()
    while (ids.length > 0) {
      const some = ids.slice(0, limits.users)
      const { users, more } = await request.get_users({ user_ids: some })
      for (const user of users) found.set(user.user_id, user)
      // A full answer goes on after the last user that it has.
      const last = more ? users.at(-1)?.user_id : undefined
      ids.splice(0, last === undefined ? some.length : ids.indexOf(last) + 1)
    }
    return found
  })
  return async (userId) => (await load([userId])).get(userId) ?? null
}
