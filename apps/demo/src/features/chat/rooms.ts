import { createStored, textsIn, useStored } from '../../lib/stored.ts'

const first = 'lobby'

const rooms = createStored<readonly string[]>('localStorage', 'rooms', (value) => {
  const names = textsIn(value)
  return names.length > 0 ? names : [first]
})

// Two tabs are mostly in different rooms.
const last = createStored<string>('sessionStorage', 'room', (value) =>
  typeof value === 'string' && value !== '' ? value : first,
)

/** The rooms that one has been in, in the order in which one came to them. */
export function useRooms(): readonly string[] {
  return useStored(rooms)
}

/** The room that one was in last, in this tab. */
export function useLastRoom(): string {
  return useStored(last)
}

/** Remembers that one has come into a room. */
export function enterRoom(name: string): void {
  last.set(name)
  if (!rooms.get().includes(name)) rooms.set([...rooms.get(), name])
}

export function forgetRoom(name: string): void {
  const others = rooms.get().filter((one) => one !== name)
  rooms.set(others.length > 0 ? others : [first])
  last.set(rooms.get()[0] ?? first)
}
