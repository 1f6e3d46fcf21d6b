import { useRooms } from '@dowellchat/client/react'
import { useNameOf } from '../people/use-name-of.ts'

/** What to call whom a call is for: a person, or a room of one's list. */
export function useAddressName(address: string): string {
  const room = useRooms().rooms.find(({ _id }) => _id === address)
  const person = useNameOf(room ? '' : address)
  return room ? (room.title ?? room._id) : person
}
