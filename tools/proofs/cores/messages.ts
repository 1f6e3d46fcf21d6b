import { randomUUID } from 'node:crypto'
import { messageOf } from '../../../packages/server/src/stores/message.ts'
import type { MessageDraft, Placed } from '../../../packages/server/src/stores/store.ts'
import { textOf, vocabularyOf } from '../search/texts.ts'
import { seeded } from '../stores/random.ts'
import { seed } from './long-room.ts'

export const workspace_id = 'bench'
export const stream = 'room:cores'
export const epoch = randomUUID()
const created_at = '2026-01-01T00:00:00.000Z'

const random = seeded(seed)
const words = vocabularyOf(random, 30_000)

export function makeText(): string {
  return textOf(random, words)
}

export function makeDraft(): MessageDraft {
  return {
    cid: randomUUID(),
    fingerprint: '',
    kind: 'text',
    message_data: makeText(),
    author: `u${Math.floor(random() * 50)}`,
    ...{ display_name: null, reply_to: null, client_created_at: null, sid: randomUUID() },
  }
}

/** The JSON of a message at its place, as the store keeps it and servers send it. */
export function makeEntry(seq: number): string {
  const placed: Placed = { _id: randomUUID(), seq, nth: seq, created_at }
  return JSON.stringify(messageOf(makeDraft(), placed, stream))
}

export function makeEntries(count: number): string[] {
  return Array.from({ length: count }, (_, n) => makeEntry(n + 1))
}

/** A client's request to send a message, behind the number of its acknowledgement. */
export function makeRequest(): string {
  const payload = { room_id: 'cores', message_data: makeText(), cid: randomUUID() }
  return JSON.stringify(['message_event', payload])
}
