import type * as z from 'zod/mini'
import type { PushName, PushOf, Requests } from '../contract.ts'
import { v2CallPushes, v2CallRequests } from './calls.ts'
import type { V2Defs, V2Frame, V2Pushes } from './define.ts'
import { v2LineLooks, v2LineManagerRequests } from './line-managers.ts'
import { v2MessageRequests } from './messages.ts'
import { v2RoomNotices, v2RoomPushes, v2RoomRequests } from './rooms.ts'
import { v2ShareLinkRequests } from './share-links.ts'
import { v2TicketLists, v2TicketNotices, v2TicketPushes, v2TicketRequests } from './tickets.ts'
import { v2TopicRequests } from './topics.ts'

/** The requests that V2 knows by the names that they have here. */
const sameNamed = {
  ...v2RoomRequests,
  ...v2MessageRequests,
  ...v2CallRequests,
  ...v2TopicRequests,
  ...v2LineManagerRequests,
  ...v2TicketRequests,
} satisfies V2Defs<Requests>

/** Every request that V2 clients know, by event name. For them, a request without a row is an unknown event. */
export const v2Requests = {
  ...sameNamed,
  ...v2TicketLists,
  ...v2LineLooks,
  ...v2ShareLinkRequests,
}
export type V2RequestName = keyof typeof v2Requests

/** What V2 sockets get of each push, converted to V2's form. */
export const v2Pushes: V2Pushes<{ [K in PushName]: PushOf<K> }> = {
  // A V2 socket gets its own greeting, failures and live messages.
  hello: null,
  token_expiring: null,
  error_response: null,
  entries: null,
  heads: null,
  // V2 pages show none of this.
  reader_changed: null,
  receipts: null,
  thread_updated: null,
  typing: null,
  presence_changed: null,
  room_presence: null,
  report_changed: null,
  message_draft: null,
  draft_stop: null,
  // V2 knows no users.
  user_updated: null,
  block_changed: null,
  // V2 asks for topics and line managers itself.
  topic_changed: null,
  line_manager_changed: null,
  // They are told minutes instead, as notices.
  line_moved: null,
  canned_answer_changed: null,
  line_manager_removed: null,
  ...v2RoomPushes,
  ...v2CallPushes,
  ...v2TicketPushes,
}

/** The notices that only V2 sockets get. */
export const v2Notices = { ...v2RoomNotices, ...v2TicketNotices }
export type V2Notices = typeof v2Notices

/** The frames that a V2 socket gets right after connecting. */
export function v2Welcome(socketId: string): readonly V2Frame[] {
  return [
    ['my_response', { data: 'Welcome to dowellchat', count: 0 }],
    ['me', socketId],
  ]
}

/** The events that V2 clients emit, as socket.io's event map. */
export type V2ClientToServerEvents = {
  [K in V2RequestName]: (payload: z.input<(typeof v2Requests)[K]['payload']>) => void
}
