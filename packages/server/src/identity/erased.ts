import type { Keys } from './keys.ts'

const erasedPrefix = 'erased:'

/** What takes the place of a person's id: the same text each time, from which nobody without the pepper gets the id. */
export function erasedId(keys: Pick<Keys, 'hash'>, workspaceId: string, userId: string): string {
  return `${erasedPrefix}${keys.hash(`${workspaceId}\n${userId}`)}`
}

export function isErasedId(userId: string): boolean {
  return userId.startsWith(erasedPrefix)
}
