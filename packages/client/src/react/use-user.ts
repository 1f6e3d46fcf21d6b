import { useCallback, useMemo } from 'react'
import type { User } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import { rejectSkipped, type Skip, skip } from './skip.ts'
import type { UseList } from './use-list.ts'
import { noThing, useThing } from './use-thing.ts'

export interface UseUser extends UseList {
  /** Null while loading, if there is no such user, or if the session may not see them. */
  readonly user: User | null
  /** Blocks the user: their calls no longer ring, and neither can write in a direct room of the two. Rejects with a `RequestError`. */
  readonly block: () => Promise<void>
  /** Undoes `block`. Rejects with a `RequestError`. */
  readonly unblock: () => Promise<void>
}

/** A user by their id, kept current. Components that show users at the same time load them by one request. */
export function useUser(userId: string | Skip): UseUser {
  const { users } = useChatClient()
  const state = useThing<User>(userId === skip ? noThing : users.get(userId))
  const block = useCallback(() => (userId === skip ? rejectSkipped() : users.block(userId)), [users, userId])
  const unblock = useCallback(
    () => (userId === skip ? rejectSkipped() : users.unblock(userId)),
    [users, userId],
  )
  return useMemo(() => {
    const { data, ...rest } = state
    return { ...rest, user: data, block, unblock }
  }, [state, block, unblock])
}
