import type { User } from '../entities.ts'
import { ownError } from '../errors.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import type { Wire } from '../requests/wire.ts'
import type { UserLoader } from './user-loader.ts'

/** One user. */
export function createUser(
  wire: Wire,
  find: UserLoader,
  userId: string,
  touch: () => void,
): CachedThing<User> {
  return createLiveThing<User>(
    {
      async load() {
        const user = await find(userId)
        if (!user) throw ownError('get_users', 'not_found', `There is no user ${userId}`)
        return user
      },
      merge: (_, pushed) => pushed,
      watch: (push) => wire.on.user_updated(({ data }) => data.user_id === userId && push(data)),
    },
    wire,
    touch,
  )
}
