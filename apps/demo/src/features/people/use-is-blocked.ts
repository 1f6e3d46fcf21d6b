import { useChatClient } from '@dowellchat/client/react'
import { useSyncExternalStore } from 'react'

/** Whether you have blocked somebody. */
export function useIsBlocked(userId: string): boolean {
  const { subscribe, getSnapshot } = useChatClient().users.isBlocked(userId)
  return useSyncExternalStore(subscribe, getSnapshot)
}
