import { useCallback } from 'react'
import type { Users } from '../users/users.ts'
import { useChatClient } from './chat-provider.tsx'
import { type ActionState, useRequest } from './use-action.ts'

export interface UseUpdateMe extends ActionState {
  /** Changes the name, picture or metadata of the user. */
  readonly updateMe: Users['updateMe']
}

/**
 * Changes what others see of the user, and shows how that goes.
 * @example
 * const { updateMe, isPending, error } = useUpdateMe()
 * const onSave = () => void updateMe({ name: 'Ann Keller' })
 */
export function useUpdateMe(): UseUpdateMe {
  const { users } = useChatClient()
  const { run, ...state } = useRequest((_cid, ...args: Parameters<Users['updateMe']>) =>
    users.updateMe(...args),
  )
  return { updateMe: run, ...state }
}

export interface UseBlockUser extends ActionState {
  /** Blocks a user: their calls no longer ring, and neither can write in a direct room of the two. */
  readonly blockUser: Users['block']
  /** Undoes `blockUser`. */
  readonly unblockUser: Users['unblock']
}

/**
 * Blocks users and unblocks them, and shows how that goes.
 * @example
 * const { blockUser, isPending, error } = useBlockUser()
 * const onBlock = () => void blockUser('ben')
 */
export function useBlockUser(): UseBlockUser {
  const { users } = useChatClient()
  const { run, ...state } = useRequest((_cid, verb: 'block' | 'unblock', userId: string) =>
    users[verb](userId),
  )
  const blockUser = useCallback((userId: string) => run('block', userId), [run])
  const unblockUser = useCallback((userId: string) => run('unblock', userId), [run])
  return { blockUser, unblockUser, ...state }
}
