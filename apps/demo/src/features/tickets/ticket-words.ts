import type { Ticket } from '@dowellchat/client'

/** The customer, as they are called. */
export function customerOf({ display_name, user_id }: Ticket): string {
  return display_name ?? user_id
}

/** `about 25 minutes`, `about 3 hours`. */
export function waitWords(minutes: number): string {
  if (minutes === 0) return 'next in line'
  const rounded = Math.ceil(minutes)
  if (rounded < 120) return `about ${rounded} ${rounded === 1 ? 'minute' : 'minutes'}`
  return `about ${Math.round(rounded / 60)} hours`
}
