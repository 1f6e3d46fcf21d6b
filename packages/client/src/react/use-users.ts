import type { User } from '@dowellchat/protocol'
import { useMemo } from 'react'
import type { UsersState } from '../users/users.ts'
import { useChatClient } from './chat-provider.tsx'
import { type Skip, skip } from './skip.ts'
import type { UseList } from './use-list.ts'
import { type Holdable, unchanging, useObservable, useRetained } from './use-observable.ts'

export interface UseUsers extends UseList {
  /** In the order of the ids; without those that are not there or that this user may not see. */
  readonly users: readonly User[]
}

const noUsers: Holdable<UseList & Pick<UsersState, 'users'>> = unchanging({
  status: 'skipped',
  sync: 'offline',
  users: [],
  error: null,
})

/** Several users by their ids, kept current. Another array with the same ids loads nothing again. */
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
