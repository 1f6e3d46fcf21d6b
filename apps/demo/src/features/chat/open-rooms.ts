import { createStored, textsIn, useStored } from '../../lib/stored.ts'

const first = 'lobby'
const start: readonly string[] = [first]
/** People who have not been here for long are forgotten first. */
const mostPeople = 20

type RoomsByPerson = Readonly<Record<string, readonly string[]>>

// By person, because tabs that are several people share the storage.
const rooms = createStored<RoomsByPerson>('localStorage', 'rooms-by-person', (value) =>
  Object.fromEntries(Object.entries(value ?? {}).map(([id, names]) => [id, textsIn(names)])),
)

interface LastRoom {
  readonly userId: string
  readonly name: string
}

// Per tab: two tabs of one person are usually in different rooms.
const last = createStored<LastRoom>('sessionStorage', 'last-room', (value) => {
  const { userId, name } = (value ?? {}) as Partial<Record<keyof LastRoom, unknown>>
  const isKnown = typeof userId === 'string' && typeof name === 'string'
  return isKnown ? { userId, name } : { userId: '', name: first }
})

/** The open rooms that somebody has been in, in the order they joined them. */
export function useOpenRooms(userId: string): readonly string[] {
  return roomsIn(useStored(rooms), userId)
}

/** The last room that somebody was in, in this tab. */
export function useLastRoom(userId: string): string {
  const known = useStored(last)
  return known.userId === userId ? known.name : first
}

/** Remembers that somebody is in a room. */
export function enterRoom(userId: string, name: string): void {
  last.set({ userId, name })
  const own = roomsIn(rooms.get(), userId)
  if (!own.includes(name)) setRooms(userId, [...own, name])
}

export function forgetRoom(userId: string, name: string): void {
  const others = roomsIn(rooms.get(), userId).filter((one) => one !== name)
  setRooms(userId, others)
  last.set({ userId, name: roomsIn(rooms.get(), userId)[0] ?? first })
}

function roomsIn(known: RoomsByPerson, userId: string): readonly string[] {
  const own = known[userId]
  return own && own.length > 0 ? own : start
}

function setRooms(userId: string, names: readonly string[]): void {
  const { [userId]: _, ...others } = rooms.get()
  const kept = Object.entries(others).slice(1 - mostPeople)
  rooms.set({ ...Object.fromEntries(kept), [userId]: names })
}
