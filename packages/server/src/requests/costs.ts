import type { PayloadOf, RequestName } from '@dowellchat/protocol'
import { Encoded } from '../delivery/encoded.ts'

/** Points that a request costs before it runs: always the same, or what its payload asks for. A message is one point. */
type Cost<Payload> = number | ((payload: Payload) => number)

/** What a request costs that is not known or not valid. */
export const failureCost = 1

const charactersOfAPoint = 4_000
const bytesOfAPoint = 16_384
const rowsOfAPoint = 50
/** Of messages that a search looks at. */
const searchedOfAPoint = 16_384
/** As much as a page of V2 pays for joining any room. */
const newRoomCost = 3
const searchCost = 10

const text = ({ message_data }: { readonly message_data: string }): number =>
  1 + Math.floor(message_data.length / charactersOfAPoint)
const page = ({ limit = 50 }: { readonly limit?: number | undefined }): number => 1 + Math.floor(limit / 100)
const people = (ids: readonly string[] = []): number => 2 + Math.floor(ids.length / 20)

/** What each request costs. */
const costs: { readonly [K in RequestName]: Cost<PayloadOf<K>> } = {
  renew_token: 2,
  revoke_sessions: 2,
  join: page,
  leave: 1,
  create_room: ({ members }) => 5 + people(members),
  get_room: 1,
  get_room_members: page,
  get_rooms: page,
  update_room: 2,
  add_members: ({ members }) => people(members),
  remove_members: ({ members }) => people(members),
  leave_room: 2,
  close_room: 2,
  create_invite: 2,
  accept_invite: 2,
  message_event: text,
  send_messages: ({ messages }) => messages.reduce((points, message) => points + text(message), 0),
  get_messages: page,
  get_entries: page,
  // Others are rung.
  callUser: 5,
  answerCall: 1,
  endCall: 1,
  rejectCall: 1,
  signalCall: 1,
  resumeCall: 1,
  reportCall: 1,
  get_calls: page,
  get_ice_servers: 1,
  create_topic: 5,
  get_all_topics: 1,
  create_line_manager: 5,
  get_all_line_managers: 1,
  create_ticket: 5,
  get_ticket: 1,
  get_tickets: ({ limit = 50 }) => 1 + Math.floor(limit / 500),
  close_ticket: 3,
  join_ticket: page,
  leave_ticket: 1,
  update_ticket: 2,
  claim_ticket: 3,
  claim_next: 3,
  assign_ticket: 3,
  transfer_ticket: 3,
  hold_ticket: 2,
  reopen_ticket: 3,
  rate_ticket: 2,
  get_transcript: 4,
  join_notes: page,
  leave_notes: 1,
  get_estimate: 2,
  update_topic: 3,
  update_line_manager: 3,
  remove_line_manager: 10,
  set_line_availability: 3,
  merge_line: 10,
  split_line: 10,
  create_canned_answer: 2,
  update_canned_answer: 2,
  delete_canned_answer: 2,
  get_canned_answers: 2,
  create_share_link: 5,
  get_share_link: 2,
  set_meta_setting: 2,
  get_meta_setting: 1,
  ticket_message_event: text,
  get_ticket_messages: 2,
  get_users: ({ user_ids }) => people(user_ids),
  update_me: 2,
  block_user: 2,
  unblock_user: 2,
  get_blocked_users: 1,
  create_key: 2,
  get_keys: 1,
  rotate_key: 2,
  revoke_key: 2,
  get_audit: page,
  edit_message: text,
  delete_message: 2,
  react: 1,
  unreact: 1,
  pin_message: 2,
  unpin_message: 2,
  get_pinned_messages: 2,
  get_reactions: page,
  get_message_versions: 2,
  start_thread: 3,
  join_thread: page,
  leave_thread: 1,
  get_threads: ({ threads }) => 1 + Math.floor(threads.length / 20),
  mark_read: 1,
  mark_unread: 1,
  get_receipts: 2,
  typing: 0.5,
  set_presence: 2,
  get_presence: ({ user_ids }) => people(user_ids),
  get_room_presence: 2,
  get_preferences: 1,
  set_preferences: 2,
  // Admins are told.
  report: 5,
  get_reports: page,
  resolve_report: 2,
  keep_room: 2,
  get_unread: 3,
  mute_member: 2,
  create_upload: 3,
  // The store of the files is asked.
  finish_upload: 3,
  cancel_upload: 2,
  get_attachment_url: 1,
  draft_message: ({ text }) => 0.25 + Math.floor(text.length / charactersOfAPoint),
  end_draft: 1,
  stop_draft: 2,
  get_drafts: 2,
  search: searchCost,
  export_user: 2,
  erase_user: 2,
  get_failed_deliveries: 1,
  resume_webhook: 5,
  replay_webhook: 5,
}

/** What a request costs before it runs. */
export function costOf(name: RequestName, payload: unknown): number {
  const cost = costs[name] as Cost<unknown>
  return typeof cost === 'number' ? cost : cost(payload)
}

/** What a join costs that has made an open room, since that stays, beyond what it has cost before it ran. */
export function newRoomCostOf(joining: PayloadOf<'join'>): number {
  return Math.max(0, newRoomCost - page(joining))
}

/** What a search costs that has looked at so many letters, beyond what it has cost before it ran. */
export function searchCostOf(letters: number): number {
  return Math.max(0, letters / searchedOfAPoint - searchCost)
}

/** What an answer costs beyond its request: nothing if it is short. */
export function answerCostOf(data: unknown): number {
  if (data instanceof Encoded) return data.text.length > bytesOfAPoint ? data.text.length / bytesOfAPoint : 0
  const rows = Array.isArray(data) ? data : (data as { tickets?: readonly unknown[] } | null)?.tickets
  return rows && rows.length > rowsOfAPoint ? rows.length / rowsOfAPoint : 0
}
