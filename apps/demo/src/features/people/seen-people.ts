import { createStored } from '../../lib/stored.ts'
import { useStored } from '../../lib/use-stored.ts'
import { nameFromId } from './names.ts'

/** Somebody who wrote in a room or ticket, or called, and the address to call them at. */
export interface SeenPerson {
  readonly address: string
  readonly name: string
}

const most = 30
const guestPrefix = 'guest:'

const stored = createStored<readonly SeenPerson[]>('localStorage', 'people', (value) =>
  Array.isArray(value) ? value.filter(isSeenPerson) : [],
)

function isSeenPerson(value: unknown): value is SeenPerson {
  const { address, name } = (value ?? {}) as Partial<Record<keyof SeenPerson, unknown>>
  return typeof address === 'string' && typeof name === 'string'
}

/** The address to call a message's author at: the user id, or the socket id of a guest on a V2 page. */
export function addressOf(author: string): string {
  return author.startsWith(guestPrefix) ? author.slice(guestPrefix.length) : author
}

/** Remembers somebody, most recent first. */
export function remember(author: string, name: string | null): void {
  const seen = { address: addressOf(author), name: name ?? nameFromId(author) }
  const known = stored.get()
  if (known.some((one) => one.address === seen.address && one.name === seen.name)) return
  stored.set([seen, ...known.filter(({ address }) => address !== seen.address)].slice(0, most))
}

/** The people seen in rooms, tickets and calls, most recent first. */
export function useSeenPeople(): readonly SeenPerson[] {
  return useStored(stored)
}
