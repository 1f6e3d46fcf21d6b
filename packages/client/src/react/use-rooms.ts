import { useMemo } from 'react'
import type { Room } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import type { Skip } from './skip.ts'
import { noList, type UseList, useList } from './use-list.ts'

export interface UseRooms extends UseList {
  /** Newest first, at most 100. */
  readonly rooms: readonly Room[]
}

/** The rooms with members and direct rooms that the user is in, kept current. */
export function useRooms(skipped?: Skip): UseRooms {
  const { rooms } = useChatClient()
  const state = useList<Room>(skipped ? noList : rooms.list())
  return useMemo(() => {
    const { items, ...rest } = state
    return { ...rest, rooms: items }
  }, [state])
}
