import type { Role } from '@dowellchat/client'
import { createStored, useStored } from '../../lib/stored.ts'
import { isRole, userIdOf } from './names.ts'

/** Somebody with a name. The same name is always the same user. */
export interface NamedPerson {
  readonly isGuest: false
  readonly userId: string
  readonly name: string
  readonly role: Role
  /** Whether they were a guest in this tab, whose tickets and messages are then theirs. */
  readonly wasGuest: boolean
}

/** Somebody who has not said who they are. The server gives them an id. */
export interface Guest {
  readonly isGuest: true
}

/** Who you are in this tab. */
export type Person = NamedPerson | Guest

const guest: Guest = { isGuest: true }

// Per tab, so that several tabs can be several people.
const person = createStored<Person | null>('sessionStorage', 'person', (value) => {
  const { isGuest, name, role, wasGuest } = (value ?? {}) as Partial<Record<keyof NamedPerson, unknown>>
  if (isGuest === true) return guest
  return typeof name === 'string' && isRole(role) ? named(name, role, wasGuest === true) : null
})
// Kept over a reload of the first page, on which a guest chooses who they are.
const wasGuest = createStored<boolean>('sessionStorage', 'was-guest', (value) => value === true)

function named(name: string, role: Role, hasBeenGuest: boolean): NamedPerson {
  return { isGuest: false, userId: userIdOf(name), name, role, wasGuest: hasBeenGuest }
}

export function usePerson(): Person | null {
  return useStored(person)
}

/** Whether a guest is about to say who they are. */
export function useIsLoggingIn(): boolean {
  return useStored(wasGuest)
}

export function enterAs(name: string, role: Role): void {
  person.set(named(name.trim(), role, wasGuest.get()))
  wasGuest.set(false)
}

export function enterAsGuest(): void {
  wasGuest.set(false)
  person.set(guest)
}

/** Back to the first page. What a guest has becomes that of the person they choose there. */
export function logIn(): void {
  wasGuest.set(true)
  person.set(null)
}

/** Back to the first page, where somebody else enters. */
export function leave(): void {
  wasGuest.set(false)
  person.set(null)
}
