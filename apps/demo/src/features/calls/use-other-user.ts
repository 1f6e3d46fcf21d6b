import type { Call } from '@dowellchat/client'
import { useRooms, useSession } from '@dowellchat/client/react'
import { isSocketId } from '../people/names.ts'

/** The user on the other side whom you can write to; '' for a room, a guest, and yourself. */
export function useOtherUser({ with: address, userId }: Pick<Call, 'with' | 'userId'>): string {
  const { can, user_id } = useSession()
  const { rooms } = useRooms()
  const other = userId ?? address
  const isRoom = userId === null && rooms.some(({ _id }) => _id === address)
  const isUser = other !== user_id && !isRoom && !isSocketId(other) && !other.startsWith('guest:')
  return isUser && can('create_room') ? other : ''
}
