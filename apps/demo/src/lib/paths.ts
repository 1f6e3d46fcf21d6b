import { useHashLocation } from 'wouter/use-hash-location'
import { nameOf, partsOf } from './address.ts'

/** The addresses of pages. Names and ids are escaped: a room may be called `50/50?`. */
export const paths = {
  shop: '/',
  enter: '/enter',
  chat: '/chat',
  room: (name: string, nth?: number) => `/chat/${encodeURIComponent(name)}${placeOf(nth)}`,
  newRoom: '/new-room',
  invites: '/invite',
  invite: (invite: string) => `/invite/${encodeURIComponent(invite)}`,
  calls: '/calls',
  callTo: (address: string, ticket?: string) =>
    `/calls/${[address, ...(ticket === undefined ? [] : [ticket])].map(encodeURIComponent).join('/')}`,
  tickets: '/tickets',
  ticket: (id: string, nth?: number) => `/tickets/${encodeURIComponent(id)}${placeOf(nth)}`,
  board: '/board',
  reports: '/reports',
  admin: '/admin',
} as const

function placeOf(nth: number | undefined): string {
  return nth === undefined ? '' : `/${nth}`
}

/**
 * The name or id after a page's path, or null. Reads the raw address: wouter unescapes a path before it matches, so a
 * name would be unescaped twice.
 */
export function useNameInPath(page: string): string | null {
  const [location] = useHashLocation()
  return nameOf(partsOf(location, page)[0])
}

/** The ticket that a call is to be about, or null. */
export function useTicketInPath(): string | null {
  const [location] = useHashLocation()
  return nameOf(partsOf(location, paths.calls)[1])
}

/** The number of the message that the address of a conversation leads to, or null. */
export function useMessageInPath(): number | null {
  const [location] = useHashLocation()
  const [, nth = ''] = [paths.chat, paths.tickets].map((page) => partsOf(location, page)).find(isThere) ?? []
  return /^[1-9]\d{0,14}$/.test(nth) ? Number(nth) : null
}

function isThere(parts: readonly string[]): boolean {
  return parts.length > 0
}
