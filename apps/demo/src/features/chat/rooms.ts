import { createStored, textsIn, useStored } from '../../lib/stored.ts'

const first = 'lobby'

const rooms = createStored<readonly string[]>('localStorage', 'rooms', (value) => {
  const names = textsIn(value)
  return names.length > 0 ? names : [first]
})

// Per tab: two tabs are usually in different rooms.
const last = createStored<string>('sessionStorage', 'room', (value) =>
  typeof value === 'string' && value !== '' ? value : first,
)

/** The rooms you have been in, in the order you joined them. */
export function useRooms(): readonly string[] {
  return useStored(rooms)
}

/** The last room you were in, in this tab. */
export function useLastRoom(): string {
  return useStored(last)
}

/** Remembers that you joined a room. */
export function enterRoom(name: string): void {
  last.set(name)
  if (!rooms.get().includes(name)) rooms.set([...rooms.get(), name])
}

export function forgetRoom(name: string): void {
  const others = rooms.get().filter((one) => one !== name)
  rooms.set(others.length > 0 ? others : [first])
  last.set(rooms.get()[0] ?? first)
}
