import { paths, useNameInPath } from '../../lib/paths.ts'

/** A conversation that a search can be limited to. */
export interface Scope {
  readonly words: string
  readonly query: { readonly rooms: readonly string[] } | { readonly tickets: readonly string[] }
}

/** The conversation that the page shows; null on other pages. */
export function useScope(): Scope | null {
  const room = useNameInPath(paths.chat)
  const ticket = useNameInPath(paths.tickets)
  if (room !== null) return { words: 'In this room', query: { rooms: [room] } }
  return ticket === null ? null : { words: 'In this ticket', query: { tickets: [ticket] } }
}
