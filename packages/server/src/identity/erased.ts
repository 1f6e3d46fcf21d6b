import type { Person } from '../stores/person.ts'
import type { Keys } from './keys.ts'

const erasedPrefix = 'erased:'

/** What takes the place of a person's id: the same text each time, from which nobody without the pepper gets the id. */
export function erasedId(keys: Pick<Keys, 'hash'>, workspaceId: string, userId: string): string {
  return `${erasedPrefix}${keys.hash(`${workspaceId}\n${userId}`)}`
}

/** A person of whom only is known what takes the place of their id. */
export function personErasedAs(keys: Pick<Keys, 'hash'>, workspaceId: string, replacement: string): Person {
  const has = (id: string | null | undefined): boolean =>
    typeof id === 'string' && erasedId(keys, workspaceId, id) === replacement
  return { has, renamed: (id) => (has(id) ? replacement : id) }
}

export function isErasedId(userId: string): boolean {
  return userId.startsWith(erasedPrefix)
}
