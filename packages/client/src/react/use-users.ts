import type { User } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface UsersData extends ListControls {
  /** In the order of the ids; without those that are not there or that this user may not see. */
  readonly users: readonly User[]
}

/** Several users, and whether they are loaded (`status`). */
export type UseUsers = HookState<UsersData>

/**
 * Several users by their ids, kept current. Another array with the same ids loads nothing again.
 * @example
 * const { users } = useUsers(members.map(({ user_id }) => user_id))
 * // <p>{users.map(({ name }) => name).join(', ')}</p>
 */
export function useUsers(userIds: readonly string[] | Skip): UseUsers {
  const { users } = useChatClient()
  return useList(userIds === skip ? noList : users.list(userIds), 'users')
}
