import type { User } from '@dowellchat/protocol'
import { useCallback, useMemo } from 'react'
import type { UserState } from '../users/users.ts'
import { useChatClient } from './chat-provider.tsx'
import { rejectSkipped, type Skip, skip } from './skip.ts'
import type { UseList } from './use-list.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

export interface UseUser extends UseList {
  /** Null while loading, if there is no such user, or if the session may not see them. */
  readonly user: User | null
  /** Blocks the user: their calls no longer ring, and neither can write in a direct room of the two. Rejects with a `RequestError`. */
  readonly block: () => Promise<void>
  /** Undoes `block`. Rejects with a `RequestError`. */
  readonly unblock: () => Promise<void>
}

const noUser: Holdable<UseList & Pick<UserState, 'user'>> = unchanging({
  status: 'skipped',
  sync: 'offline',
  user: null,
  error: null,
})

/** A user by their id, kept current. Components that show users at the same time load them by one request. */
export function useUser(userId: string | Skip): UseUser {
  const { users } = useChatClient()
  const one: typeof noUser = userId === skip ? noUser : users.get(userId)
  useRetained(one)
  const state = useObservable(one)
  const block = useCallback(() => (userId === skip ? rejectSkipped() : users.block(userId)), [users, userId])
  const unblock = useCallback(
    () => (userId === skip ? rejectSkipped() : users.unblock(userId)),
    [users, userId],
  )
  return useMemo(() => ({ ...state, block, unblock }), [state, block, unblock])
}
