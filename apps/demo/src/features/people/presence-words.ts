import type { Presence } from '@dowellchat/client'
import { formatWhen } from '../../lib/format.ts'

const titles: Readonly<Record<string, string>> = {
  online: 'Online',
  away: 'Away',
  offline: 'Offline',
}

/** `Online · Back at 3`, `Last seen Yesterday`; '' where nothing is known. */
export function presenceWords(presence: Presence | null): string {
  if (!presence) return ''
  const { availability, last_seen_at, status_text } = presence
  const where =
    availability === 'offline' && last_seen_at !== null
      ? `Last seen ${formatWhen(last_seen_at)}`
      : (titles[availability] ?? 'Online')
  return status_text === null ? where : `${where} · ${status_text}`
}
