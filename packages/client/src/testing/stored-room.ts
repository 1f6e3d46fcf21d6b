import { randomUUID } from 'node:crypto'
import type { Store } from '@dowellchat/server'

/** Stores messages of bob's in a room of the workspace `demo`, as if they had been sent. */
export async function storeMessages(store: Store, room: string, texts: readonly string[]): Promise<void> {
  const about = { fingerprint: 'as sent', kind: 'text', author: 'bob', display_name: null } as const
  const more = { reply_to: null, client_created_at: null, sid: null }
  const drafts = texts.map((message_data) => ({ cid: randomUUID(), message_data, ...about, ...more }))
  await store.streams.append({ workspace_id: 'demo', stream: `room:${room}` }, drafts)
}

/** Texts that say which they are: `word 1`, `word 2`, … */
export function numbered(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${word} ${n + 1}`)
}
