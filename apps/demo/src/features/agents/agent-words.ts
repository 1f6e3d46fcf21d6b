import type { LineManager } from '@dowellchat/client'

const titles: Readonly<Record<string, string>> = {
  online: 'Takes tickets',
  away: 'On a break',
  offline: 'Not there',
}

/** Whether an agent gets tickets now. */
export function whereabouts({ is_active, availability }: LineManager): string {
  return is_active ? (titles[availability] ?? 'Not there') : 'Paused'
}

/** `3 of 5 open`. */
export function openWords({ ticket_count, capacity }: LineManager): string {
  return capacity === null ? `${ticket_count} open` : `${ticket_count} of ${capacity} open`
}
