import { useMemo } from 'react'
import type { User } from '../entities.ts'
import type { UsersState } from '../users/users.ts'
import { useChatClient } from './chat-provider.tsx'
import { type HookState, type Skipped, skipped } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

export interface UsersData {
  /** In the order of the ids; without those that are not there or that this user may not see. */
  readonly users: readonly User[]
}

/** Several users, and whether they are loaded (`status`). */
export type UseUsers = HookState<UsersData>

const noUsers: Holdable<UsersState | Skipped<UsersData>> = unchanging({ ...skipped, users: [] })

/**
 * Several users by their ids, kept current. Another array with the same ids loads nothing again.
 * @example
 * const { users } = useUsers(members.map(({ user_id }) => user_id))
 * // <p>{users.map(({ name }) => name).join(', ')}</p>
 */
export function useUsers(userIds: readonly string[] | Skip): UseUsers {
  const { users } = useChatClient()
  // No id has a line feed.
  const ids = userIds === skip ? null : userIds.join('\n')
  const several: typeof noUsers = useMemo(() => {
    if (ids === null) return noUsers
    return users.list(ids === '' ? [] : ids.split('\n'))
  }, [users, ids])
  useRetained(several)
  return useObservable(several)
}
