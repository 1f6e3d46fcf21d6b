import { createStored } from '../../lib/stored.ts'
import { useStored } from '../../lib/use-stored.ts'

const first = 'lobby'

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

/** The last open room that somebody was in, in this tab. */
export function useLastRoom(userId: string): string {
  const known = useStored(last)
  return known.userId === userId ? known.name : first
}

/** Remembers that somebody is in a room. */
export function enterRoom(userId: string, name: string): void {
  last.set({ userId, name })
}

/** Forgets a room that somebody has left. */
export function forgetRoom(userId: string): void {
  last.set({ userId, name: first })
}
