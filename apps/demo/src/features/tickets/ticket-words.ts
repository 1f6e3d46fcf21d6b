import type { Ticket } from '@dowellchat/client'
import { nameFromId } from '../people/names.ts'

/** The customer's name. */
export function customerOf({ display_name, user_id }: Ticket): string {
  return display_name ?? nameFromId(user_id)
}

/** `about 25 minutes to wait`, `about 3 hours to wait`. */
export function waitWords(minutes: number): string {
  if (minutes === 0) return 'next in line'
  const rounded = Math.ceil(minutes)
  if (rounded < 120) return `about ${rounded} ${rounded === 1 ? 'minute' : 'minutes'} to wait`
  return `about ${Math.round(rounded / 60)} hours to wait`
}
