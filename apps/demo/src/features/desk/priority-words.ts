import type { TicketChanges } from '@dowellchat/client'

/** The priorities that a ticket can be given. */
type Priority = NonNullable<TicketChanges['priority']>

/** The priorities as people read them, the lowest first. */
export const priorities: readonly (readonly [Priority, string])[] = [
  ['low', 'Low'],
  ['normal', 'Normal'],
  ['high', 'High'],
  ['urgent', 'Urgent'],
]

/** `Urgent`; null for what needs no mention. */
export function priorityWords(priority: string): string | null {
  return priority === 'normal' ? null : (priorities.find(([one]) => one === priority)?.[1] ?? null)
}

/** A newer server may know others. */
export function isPriority(priority: string): priority is Priority {
  return priorities.some(([one]) => one === priority)
}
