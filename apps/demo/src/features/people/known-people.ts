import { isGuestAddress, userIdOf } from './names.ts'
import { readyMadePeople } from './ready-made-people.ts'
import { useSeenPeople } from './seen-people.ts'
import { useSelf } from './use-self.ts'

/** Somebody who can be a member of a room. */
export interface KnownPerson {
  readonly userId: string
  readonly name: string
}

const readyMade: readonly KnownPerson[] = readyMadePeople.map(({ name }) => ({
  userId: userIdOf(name),
  name,
}))

/** The ready-made people and those whom you have met, without yourself and without guests. */
export function useKnownPeople(): readonly KnownPerson[] {
  const { userId: ownId } = useSelf()
  const met = useSeenPeople()
    .filter(({ address }) => !isGuestAddress(address))
    .map(({ address, name }) => ({ userId: address, name }))
  const people = new Map([...met, ...readyMade].map((one) => [one.userId, one]))
  people.delete(ownId)
  return [...people.values()].sort((one, other) => one.name.localeCompare(other.name))
}
