import type { Role } from '@dowellchat/client'
import { createStored, useStored } from '../../lib/stored.ts'

/** Who one is in this tab. */
export interface Person {
  readonly userId: string
  readonly name: string
  readonly role: Role
}

export const roles = ['customer', 'agent', 'admin'] as const satisfies readonly Role[]

export function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value)
}

/** The id that a name stands for, so that Ann is the same person tomorrow; '' where there is no letter and no digit. */
export function userIdOf(name: string): string {
  const words = name.normalize('NFKC').toLowerCase()
  return words.replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '')
}

// A tab's own: several people in several tabs.
const stored = createStored<Person | null>('sessionStorage', 'person', (value) => {
  const { name, role } = (value ?? {}) as Partial<Record<keyof Person, unknown>>
  return typeof name === 'string' && isRole(role) ? personOf(name, role) : null
})

function personOf(name: string, role: Role): Person {
  return { userId: userIdOf(name), name, role }
}

export function usePerson(): Person | null {
  return useStored(stored)
}

export function enterAs(name: string, role: Role): void {
  stored.set(personOf(name.trim(), role))
}

export function leave(): void {
  stored.set(null)
}
