import type { User } from '../entities.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface UserData {
  readonly user: User
  /** Loads them again; `error` says whether that failed. */
  readonly reload: LiveThing<User>['reload']
}

/** A user, and whether they are loaded (`status`). */
export type UseUser = HookState<UserData, Missing<UserData, 'user'>>

/**
 * A user by their id, kept current. Components that show users at the same time load them by one request. `error.code` is
 * `not_found` if there is no such user, or none that this user may see.
 * @example
 * const { user } = useUser(message.author ?? skip)
 * // <b>{user?.name ?? 'Somebody'}</b>
 */
export function useUser(userId: string | Skip): UseUser {
  const { users } = useChatClient()
  return useThing(userId === skip ? noThing : users.get(userId), 'user')
}
