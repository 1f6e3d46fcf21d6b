import { useMemo } from 'react'
import { useChatClient } from './chat-provider.tsx'
import { select } from './select.ts'
import { type Skip, skip } from './skip.ts'
import { noConversation, type UseConversation } from './use-conversation.ts'
import { useObservable, useRetained } from './use-observable.ts'

/** A room without its messages. */
export interface UseRoom extends Pick<UseConversation, 'status' | 'sync' | 'error'> {
  /** The room's name; null while skipped. */
  readonly room: string | null
}

/** Joins a room while the component is mounted, and shows whether that worked. Messages do not render it again. */
export function useRoom(room: string | Skip): UseRoom {
  const { rooms } = useChatClient()
  const conversation = room === skip ? noConversation : rooms.messages(room)
  useRetained(conversation)
  const state = useMemo(
    () =>
      select(conversation, ({ status, sync, error }) => ({
        status,
        sync,
        error,
        room: room === skip ? null : room,
      })),
    [conversation, room],
  )
  return useObservable(state)
}
