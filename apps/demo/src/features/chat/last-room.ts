import { paths } from '../../lib/paths.ts'
import { createStored } from '../../lib/stored.ts'
import { useStored } from '../../lib/use-stored.ts'
import { letGoOfFiles } from '../conversation/files/use-files.ts'
import { useSelf } from '../people/use-self.ts'

const first = 'lobby'

interface LastRoom {
  readonly userId: string
  /** Null once they have left it. */
  readonly name: string | null
}

// Per tab: two tabs of one person are usually in different rooms.
const last = createStored<LastRoom>('sessionStorage', 'last-room', (value) => {
  const { userId, name } = (value ?? {}) as Partial<Record<keyof LastRoom, unknown>>
  const isKnown = typeof userId === 'string' && (typeof name === 'string' || name === null)
  return isKnown ? { userId, name } : { userId: '', name: first }
})

function nameFor(userId: string, known: LastRoom): string | null {
  return known.userId === userId ? known.name : first
}

/** Where the chat begins: in the last open room that you were in, in this tab, unless you have left it. */
export function useChatPath(): string {
  const name = nameFor(useSelf().userId, useStored(last))
  return name === null ? paths.chat : paths.room(name)
}

/** Remembers that somebody is in a room. */
export function enterRoom(userId: string, name: string): void {
  last.set({ userId, name })
}

/** Forgets a room that somebody has left, so that nothing leads them into it again, and nothing waits there to be sent. */
export function forgetRoom(userId: string, name: string): void {
  letGoOfFiles(`${userId} room:${name}`)
  if (nameFor(userId, last.get()) === name) last.set({ userId, name: null })
}
