import { useHashLocation } from 'wouter/use-hash-location'

/** The addresses of pages. Names and ids are escaped: a room may be called `50/50?`. */
export const paths = {
  chat: '/chat',
  room: (name: string) => `/chat/${encodeURIComponent(name)}`,
  newRoom: '/new-room',
  invites: '/invite',
  invite: (invite: string) => `/invite/${encodeURIComponent(invite)}`,
  calls: '/calls',
  callTo: (address: string) => `/calls/${encodeURIComponent(address)}`,
  tickets: '/tickets',
  ticket: (id: string) => `/tickets/${encodeURIComponent(id)}`,
  reports: '/reports',
  admin: '/admin',
} as const

/**
 * The name or id after a page's path, or null. Reads the raw address: wouter unescapes a path before it matches, so a
 * name would be unescaped twice.
 */
export function useNameInPath(page: string): string | null {
  const [location] = useHashLocation()
  const rest = location.startsWith(`${page}/`) ? location.slice(page.length + 1) : ''
  try {
    return decodeURIComponent(rest) || null
  } catch {
    return rest
  }
}
