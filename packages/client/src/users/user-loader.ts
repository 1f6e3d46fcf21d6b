import type { User } from '@dowellchat/protocol'
import { limits } from '@dowellchat/protocol/core'
import type { RequestMethods } from '../requests/request.ts'

/** Loads users by their ids: all that are asked for in one turn by as few requests as there can be. */
export function createUserLoader(
  request: Pick<RequestMethods, 'get_users'>,
): (userId: string) => Promise<User | null> {
  /** The answer of the ids that are asked for in this turn. */
  let next: Promise<ReadonlyMap<string, User>> | undefined
  let asked = new Set<string>()

  async function loadNext(): Promise<ReadonlyMap<string, User>> {
    // After everything that asks in this turn.
    await Promise.resolve()
    const ids = [...asked]
    next = undefined
    asked = new Set()
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
  }

  return async (userId) => {
    asked.add(userId)
    next ??= loadNext()
    return (await next).get(userId) ?? null
  }
}
