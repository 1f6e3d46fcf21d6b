import type { Role } from '@dowellchat/client'
import { createStored } from '../../lib/stored.ts'
import { isDeskPane } from '../../settings.ts'
import { isRole, userIdOf } from './names.ts'

/** Somebody with a name. The same name is always the same user. */
export interface NamedPerson {
  readonly isGuest: false
  readonly userId: string
  readonly name: string
  readonly role: Role
}

/** Somebody who has not said who they are. The server gives them an id. */
export interface Guest {
  readonly isGuest: true
}

/** Who you are in this tab. */
export type Person = NamedPerson | Guest

const guest: Guest = { isGuest: true }

// Per tab, so that several tabs can be several people; an installed page has one person.
const isInstalled = matchMedia('(display-mode: standalone)').matches
/** Who somebody is in this tab; null before they have said it. */
export const storedPerson = createStored<Person | null>(
  isInstalled && !isDeskPane ? 'localStorage' : 'sessionStorage',
  isDeskPane ? 'person-at-desk' : 'person',
  (value) => {
    const { isGuest, name, role } = (value ?? {}) as Partial<Record<keyof NamedPerson, unknown>>
    if (isGuest === true) return guest
    if (typeof name === 'string' && isRole(role)) return named(name, role)
    return isDeskPane ? named('Meg Ortiz', 'agent') : null
  },
)
/** From the moment when a guest asks to log in until the server knows that they have. */
export const hasBeenGuest = createStored<boolean>(
  'sessionStorage',
  isDeskPane ? 'was-guest-at-desk' : 'was-guest',
  (value) => value === true,
)

function named(name: string, role: Role): NamedPerson {
  return { isGuest: false, userId: userIdOf(name), name, role }
}

/** Whether the person was a guest in this tab, and the server does not know it yet. */
export function wasGuest(): boolean {
  return hasBeenGuest.get()
}

export function forgetGuest(): void {
  hasBeenGuest.set(false)
}

export function enterAs(name: string, role: Role): void {
  storedPerson.set(named(name.trim(), role))
}

export function enterAsGuest(): void {
  forgetGuest()
  storedPerson.set(guest)
}

/** Back to the first page. What a guest has becomes that of the person they choose there. */
export function logIn(): void {
  hasBeenGuest.set(true)
  storedPerson.set(null)
}

/** Back to where somebody else enters, who is not led to where this one was. */
export function leave(): void {
  forgetGuest()
  storedPerson.set(null)
  location.replace('#/enter')
}
