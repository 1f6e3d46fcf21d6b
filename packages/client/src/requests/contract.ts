import type { ClientRequestName, PushName } from '@dowellchat/protocol'
import { createLoader, type Loader } from '../live/loader.ts'
import { firstPushes, firstRequests, type RequestReaders } from './first-contract.ts'
import type { Reader } from './readers.ts'

/** What the rest of the contract needs, which is not loaded with the client. */
export type LaterContract = typeof import('./later-contract.ts')

type Later<Name extends string, First> = { readonly [K in Exclude<Name, keyof First>]: 0 }

// Their names alone, so that the methods are there before the schemas are.
const laterRequests: Later<ClientRequestName, typeof firstRequests> = {
  renew_token: 0,
  revoke_sessions: 0,
  create_room: 0,
  get_room: 0,
  get_room_members: 0,
  get_rooms: 0,
  update_room: 0,
  add_members: 0,
  remove_members: 0,
  leave_room: 0,
  close_room: 0,
  create_invite: 0,
  accept_invite: 0,
  callUser: 0,
  answerCall: 0,
  rejectCall: 0,
  endCall: 0,
  signalCall: 0,
  resumeCall: 0,
  reportCall: 0,
  get_calls: 0,
  get_ice_servers: 0,
  create_ticket: 0,
  get_ticket: 0,
  get_tickets: 0,
  close_ticket: 0,
  join_ticket: 0,
  leave_ticket: 0,
  ticket_message_event: 0,
  get_ticket_messages: 0,
  update_ticket: 0,
  claim_ticket: 0,
  claim_next: 0,
  assign_ticket: 0,
  transfer_ticket: 0,
  hold_ticket: 0,
  reopen_ticket: 0,
  rate_ticket: 0,
  get_transcript: 0,
  join_notes: 0,
  leave_notes: 0,
  get_estimate: 0,
  update_topic: 0,
  update_line_manager: 0,
  remove_line_manager: 0,
  set_line_availability: 0,
  merge_line: 0,
  split_line: 0,
  create_canned_answer: 0,
  update_canned_answer: 0,
  delete_canned_answer: 0,
  get_canned_answers: 0,
  create_share_link: 0,
  get_share_link: 0,
  set_meta_setting: 0,
  get_meta_setting: 0,
  create_topic: 0,
  get_all_topics: 0,
  create_line_manager: 0,
  get_all_line_managers: 0,
  get_users: 0,
  update_me: 0,
  block_user: 0,
  unblock_user: 0,
  get_blocked_users: 0,
  edit_message: 0,
  delete_message: 0,
  react: 0,
  unreact: 0,
  pin_message: 0,
  unpin_message: 0,
  get_pinned_messages: 0,
  get_reactions: 0,
  get_message_versions: 0,
  start_thread: 0,
  join_thread: 0,
  leave_thread: 0,
  get_threads: 0,
  mark_read: 0,
  mark_unread: 0,
  get_receipts: 0,
  typing: 0,
  set_presence: 0,
  get_presence: 0,
  get_room_presence: 0,
  get_preferences: 0,
  set_preferences: 0,
  report: 0,
  get_reports: 0,
  resolve_report: 0,
  keep_room: 0,
  get_unread: 0,
  mute_member: 0,
  create_upload: 0,
  finish_upload: 0,
  cancel_upload: 0,
  get_attachment_url: 0,
  draft_message: 0,
  end_draft: 0,
  stop_draft: 0,
  get_drafts: 0,
  search: 0,
}
const laterPushes: Later<PushName, typeof firstPushes> = {
  token_expiring: 0,
  error_response: 0,
  room_updated: 0,
  member_changed: 0,
  callUser: 0,
  callSignal: 0,
  callState: 0,
  callEnded: 0,
  new_ticket: 0,
  topic_changed: 0,
  line_manager_changed: 0,
  ticket_updated: 0,
  ticket_activity: 0,
  line_moved: 0,
  canned_answer_changed: 0,
  line_manager_removed: 0,
  user_updated: 0,
  block_changed: 0,
  room_activity: 0,
  reader_changed: 0,
  receipts: 0,
  thread_updated: 0,
  typing: 0,
  presence_changed: 0,
  room_presence: 0,
  report_changed: 0,
  message_draft: 0,
  draft_stop: 0,
}

export const requestNames = Object.keys({ ...firstRequests, ...laterRequests }) as ClientRequestName[]
export const pushNames = Object.keys({ ...firstPushes, ...laterPushes }) as PushName[]

/** The rest of the contract. */
export const contract: Loader<LaterContract> = createLoader(() => import('./later-contract.ts'))

/** How to read a request, or undefined until the rest of the contract is loaded. */
export function readersOf(name: ClientRequestName): RequestReaders | undefined {
  return name in firstRequests
    ? firstRequests[name as keyof typeof firstRequests]
    : contract.now()?.readersOf(name)
}

/** How to read a push, or undefined until the rest of the contract is loaded. */
export function pushReader(name: PushName): Reader | undefined {
  return name in firstPushes
    ? firstPushes[name as keyof typeof firstPushes]
    : contract.now()?.pushReader(name)
}
