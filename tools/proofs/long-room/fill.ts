import { randomUUID } from 'node:crypto'
import type { MessageDraft, Store } from '../../../packages/server/src/stores/store.ts'

const people = ['ann-keller', 'ben-okafor', 'meg-ortiz', 'sam-lindqvist'] as const
const workspace_id = 'demo'
const atOnce = 1_000

/** The text of a room's `nth` message; of one to four lines, so that rows differ in height. */
export function textOf(nth: number): string {
  const more = nth % 7 === 0 ? ` ${'and so it went on for a while, word after word '.repeat(nth % 4)}` : ''
  return `line ${nth}${more}${'\nmore'.repeat(nth % 3)}`
}

/** Writes a room of many messages straight into the store. */
export async function fillRoom({ streams }: Store, room: string, messages: number): Promise<void> {
  for (let first = 1; first <= messages; first += atOnce) {
    const count = Math.min(atOnce, messages - first + 1)
    const drafts = Array.from({ length: count }, (_, at) => draftOf(first + at))
    await streams.append({ workspace_id, stream: `room:${room}` }, drafts)
  }
}

function draftOf(nth: number): MessageDraft {
  const author = people[Math.floor(nth / 3) % people.length] ?? people[0]
  const made = { cid: randomUUID(), fingerprint: 'long room', client_created_at: null, sid: null }
  const from = { author, display_name: author }
  return { ...made, ...from, kind: 'text', message_data: textOf(nth), reply_to: null }
}
