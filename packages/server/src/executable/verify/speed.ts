import { randomUUID } from 'node:crypto'
import type { MessageDraft, Store } from '../../stores/store.ts'

const senders = 16
const rooms = 4

/** Measures how many appends a store takes, each acknowledged when it is durable. */
export async function appendsASecond(store: Store, seconds: number): Promise<string> {
  const end = performance.now() + seconds * 1_000
  let appended = 0
  const start = performance.now()
  const sending = Array.from({ length: senders }, async (_, sender) => {
    const key = { workspace_id: 'acme', stream: `room:${sender % rooms}` }
    while (performance.now() < end) {
      await store.streams.append(key, [draftOf(`sender ${sender}`)])
      appended += 1
    }
  })
  await Promise.all(sending)
  const rate = Math.round(appended / ((performance.now() - start) / 1_000))
  return `Durable appends: ${rate} a second (${senders} senders in ${rooms} rooms, ${seconds} s)`
}

function draftOf(author: string): MessageDraft {
  return {
    cid: randomUUID(),
    fingerprint: '',
    kind: 'text',
    message_data: 'Hello',
    author,
    display_name: null,
    reply_to: null,
    client_created_at: null,
    sid: null,
  }
}
