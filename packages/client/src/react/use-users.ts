import { useMemo } from 'react'
import type { User } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import { noList, type UseList, useList } from './use-list.ts'

export interface UseUsers extends UseList {
  /** In the order of the ids; without those that are not there or that this user may not see. */
  readonly users: readonly User[]
}

/** Several users by their ids, kept current. Another array with the same ids loads nothing again. */
export function useUsers(userIds: readonly string[] | Skip): UseUsers {
  const { users } = useChatClient()
  const state = useList<User>(userIds === skip ? noList : users.list(userIds))
  return useMemo(() => {
    const { items, ...rest } = state
    return { ...rest, users: items }
  }, [state])
}
