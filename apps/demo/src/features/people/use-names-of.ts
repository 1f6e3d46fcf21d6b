import { skip, useUsers } from '@dowellchat/client/react'
import { useMemo } from 'react'
import { isGuestAddress, nameFromId } from './names.ts'
import { useSeenPeople } from './seen-people.ts'
import { useSelf } from './use-self.ts'

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** The best known names of several people, by their ids. */
export function useNameMap(ids: readonly string[]): ReadonlyMap<string, string> {
  const asked = ids.filter((id) => !isGuestAddress(id))
  const { users } = useUsers(asked.length > 0 ? asked : skip)
  const seen = useSeenPeople()
  return useMemo(() => {
    const known = new Map(seen.map(({ address, name }) => [address, name]))
    for (const { user_id, name } of users) if (name !== null) known.set(user_id, name)
    return new Map(ids.map((id) => [id, known.get(id) ?? nameFromId(id)]))
  }, [ids, users, seen])
}

/** `Ann Keller, Ben Okafor, and you`. */
export function useNamesOf(ids: readonly string[]): string {
  const { userId } = useSelf()
  const names = useNameMap(ids)
  const others = ids.filter((id) => id !== userId).map((id) => names.get(id) ?? '')
  return list.format(others.length < ids.length ? [...others, others.length > 0 ? 'you' : 'You'] : others)
}
