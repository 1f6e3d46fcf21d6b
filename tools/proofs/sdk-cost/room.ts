import { randomUUID } from 'node:crypto'
import type { Store } from '../../../packages/server/src/index.ts'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'

/** A plain socket that writes; it closes with the server. */
export function openWriter(url: string): Promise<TestSocket> {
  const auth = {
    ...{ protocol: 1, device_id: randomUUID() },
    ...{ workspace_id: 'demo', api_key: 'demo-key', user_id: 'writer' },
  }
  return openSocket(url, { transports: ['websocket'], auth }, { kept: () => undefined }).admitted()
}

/** Stores so many messages in a room. */
export async function fill(store: Store, room: string, count: number): Promise<void> {
  const about = { fingerprint: 'as sent', kind: 'text', author: 'writer', display_name: null } as const
  const more = { reply_to: null, client_created_at: null, sid: null }
  for (let from = 0; from < count; from += 1_000) {
    const length = Math.min(1_000, count - from)
    const drafts = Array.from({ length }, (_, n) => ({
      ...{ cid: randomUUID(), message_data: `Message ${from + n}, which is about as long as most are` },
      ...about,
      ...more,
    }))
    await store.streams.append({ workspace_id: 'demo', stream: `room:${room}` }, drafts)
  }
}
