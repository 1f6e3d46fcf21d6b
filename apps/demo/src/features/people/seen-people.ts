import { createStored, useStored } from '../../lib/stored.ts'

/** Somebody who wrote in a room, and where a call reaches them. */
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

/** Where a message's author is called: a user's id, and for guests of V2's pages their socket's. */
export function addressOf(author: string): string {
  return author.startsWith(guestPrefix) ? author.slice(guestPrefix.length) : author
}

/** Remembers somebody, the newest first. */
export function remember(author: string, name: string | null): void {
  const seen = { address: addressOf(author), name: name ?? author }
  const known = stored.get()
  if (known.some((one) => one.address === seen.address && one.name === seen.name)) return
  stored.set([seen, ...known.filter(({ address }) => address !== seen.address)].slice(0, most))
}

/** Those seen in rooms and tickets, the newest first. */
export function useSeenPeople(): readonly SeenPerson[] {
  return useStored(stored)
}
