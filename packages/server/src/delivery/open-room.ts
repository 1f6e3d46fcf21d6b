import type { Room } from '@dowellchat/protocol'

/** What is known of an open room, whether or not anybody has joined it. */
export function openRoom(room: string): Room {
  const unknown = { title: null, owner: null, member_count: null, created_at: null, closed_at: null }
  return { _id: room, kind: 'open', metadata: {}, slow_mode_ms: null, version: 0, ...unknown }
}
