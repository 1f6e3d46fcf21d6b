import type { MessageDraft } from '../stores/store.ts'

export const workspace_id = 'demo'

/** The people whom the demo's first page offers too. */
export const people = {
  'ann-keller': 'Ann Keller',
  'ben-okafor': 'Ben Okafor',
  'meg-ortiz': 'Meg Ortiz',
  'sam-lindqvist': 'Sam Lindqvist',
  'ruth-adler': 'Ruth Adler',
} as const
export type PersonId = keyof typeof people

export function draftOf(author: PersonId, message_data: string, cid: string): MessageDraft {
  const from = { author, display_name: people[author] }
  return { ...made(cid), ...from, kind: 'text', message_data, reply_to: null, sid: null }
}

export function made(cid: string) {
  return { cid, fingerprint: 'demo', client_created_at: null }
}

/** A UUID that is the same at each start; `group` is a hexadecimal digit. */
export function cidOf(group: string, at: number): string {
  return `de300000-0000-4000-8000-${group}${String(at).padStart(11, '0')}`
}
