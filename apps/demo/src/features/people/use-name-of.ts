import { skip, useUser } from '@dowellchat/client/react'
import { isGuestAddress, nameFromId } from './names.ts'
import { useSeenPeople } from './seen-people.ts'

/** The best known name of somebody: the given one, or what the server knows, or what the page has seen. */
export function useNameOf(address: string, name: string | null = null): string {
  const isUser = address !== '' && !isGuestAddress(address)
  const { user } = useUser(name === null && isUser ? address : skip)
  const seen = useSeenPeople().find((one) => one.address === address)
  return name ?? user?.name ?? seen?.name ?? nameFromId(address)
}
