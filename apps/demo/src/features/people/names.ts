import type { Role } from '@dowellchat/client'

export const roles = ['customer', 'agent', 'admin'] as const satisfies readonly Role[]

export const roleTitles: Readonly<Record<Role, string>> = {
  customer: 'Customer',
  agent: 'Agent',
  admin: 'Admin',
}

export function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value)
}

/** The user id for a name, so that Ann is the same person tomorrow; '' if the name has no letter and no digit. */
export function userIdOf(name: string): string {
  const words = name.normalize('NFKC').toLowerCase()
  return words.replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '')
}

// A guest's V2 page is called at its socket's id. Nearly every such id has a capital, and no user id of the demo has one.
const guestAddress = /^guest:|^(?=.*[A-Z])[\w-]{20}$/

/** Whether an address is a guest's, of whom the server knows no name. */
export function isGuestAddress(address: string): boolean {
  return guestAddress.test(address)
}

/** What to call somebody whose name is not known: `ann-keller` is Ann Keller. */
export function nameFromId(id: string): string {
  if (isGuestAddress(id)) return 'Guest'
  return id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}
