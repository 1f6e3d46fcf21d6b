import { randomUUID } from 'node:crypto'
import type { PayloadOf, RequestName } from '@dowellchat/protocol'
import type { V2RequestName } from '@dowellchat/protocol/v2'

/** Names that payloads can refer to; what they name need not exist. */
export interface Names {
  readonly socket: string
  readonly user: string
  readonly room: string
  readonly call: string
  readonly ticket: string
  readonly message: string
  readonly epoch: string
  readonly topic: string
  readonly key: string
  readonly audit: string
  /** A room with members. */
  readonly members: string
  readonly invite: string
  readonly upload: string
}

type Samples<K extends RequestName> = (names: Names, cid: string) => PayloadOf<K>[]

const position = ({ epoch, message }: Names) => ({ epoch, seq: 1, id: message })

const streamsOf = ({ room, members, ticket }: Names) => [
  `room:${room}`,
  `room:${members}`,
  `ticket:${ticket}`,
]
/** A message with all that a sender may say of it but `client_created_at`. */
const reply = ({ user, message }: Names) => ({
  message_data: 'x',
  reply_to: message,
  reply_seq: 1,
  mentions: [{ user_id: user, start: 0, end: 1 }],
  metadata: { x: 1 },
})
const messagesOf = (names: Names) =>
  streamsOf(names).map((stream) => ({ stream, seq: 1, message_id: names.message }))

/**
 * Valid payloads of every request: the first has every field but `client_created_at`, and together they refer to
 * everything that the request could reach.
 */
const samplePayloads: { readonly [K in RequestName]: Samples<K> } = {
  renew_token: () => [{ token: 'a.b.c' }],
  revoke_sessions: ({ user }) => [{ user_id: user, issued_before: '2026-01-01T00:00:00.000Z' }],
  join: (names) => [
    { room: names.room, position: position(names), limit: 1 },
    { room: names.room },
    { room: names.members },
  ],
  leave: ({ room, members }) => [{ room }, { room: members }],
  create_room: ({ user }, cid) => [
    { kind: 'members', title: 'x', metadata: { x: 1 }, members: [user], cid },
    { kind: 'direct', members: [user], cid: randomUUID() },
  ],
  get_room: ({ room, members }) => [{ room }, { room: members }],
  get_room_members: ({ members, user }) => [{ room: members, after: user, limit: 1 }, { room: members }],
  get_rooms: ({ members }) => [{ before: members, limit: 1 }],
  update_room: ({ members }) => [{ room: members, title: 'x', metadata: { x: 1 } }],
  add_members: ({ members, user }) => [{ room: members, members: [user] }],
  remove_members: ({ members, user }) => [{ room: members, members: [user] }],
  leave_room: ({ room, members }) => [{ room }, { room: members }],
  close_room: ({ room, members }) => [{ room }, { room: members }],
  create_invite: ({ members }, cid) => [{ room: members, expires_in_ms: 60_000, uses: 1, cid }],
  accept_invite: ({ invite }) => [{ invite }],
  message_event: (names, cid) => [
    { room_id: names.room, ...reply(names), cid },
    { room_id: names.room, message_data: 'x', cid: randomUUID() },
    { room_id: names.members, message_data: 'x', cid },
  ],
  send_messages: (names, cid) => [
    { stream: `room:${names.room}`, messages: [{ ...reply(names), cid: randomUUID() }] },
    ...streamsOf(names).map((stream) => ({
      stream,
      messages: [
        { message_data: 'x', cid },
        { message_data: 'y', cid: randomUUID() },
      ],
    })),
    { stream: `thread:${names.message}`, messages: [{ ...reply(names), cid }] },
  ],
  get_messages: ({ room, members, ticket }) =>
    [`room:${room}`, `room:${members}`, `ticket:${ticket}`].map((stream) => ({
      stream,
      before: 9,
      limit: 1,
    })),
  get_entries: (names) =>
    [`room:${names.room}`, `room:${names.members}`, `ticket:${names.ticket}`].map((stream) => ({
      stream,
      position: position(names),
      limit: 1,
    })),
  edit_message: (names, cid) =>
    messagesOf(names).map((one) => ({
      ...one,
      message_data: 'x',
      mentions: [{ user_id: names.user, start: 0, end: 1 }],
      cid,
    })),
  delete_message: (names, cid) => messagesOf(names).map((one) => ({ ...one, cid })),
  react: (names, cid) => messagesOf(names).map((one) => ({ ...one, reaction: '👍', cid })),
  unreact: (names, cid) => messagesOf(names).map((one) => ({ ...one, reaction: '👍', cid })),
  pin_message: (names, cid) => messagesOf(names).map((one) => ({ ...one, cid })),
  unpin_message: (names, cid) => messagesOf(names).map((one) => ({ ...one, cid })),
  get_pinned_messages: (names) => streamsOf(names).map((stream) => ({ stream })),
  get_reactions: (names) =>
    messagesOf(names).map((one) => ({ ...one, reaction: '👍', after: names.user, limit: 1 })),
  get_message_versions: messagesOf,
  start_thread: (names, cid) => messagesOf(names).map((one) => ({ ...one, cid })),
  join_thread: (names) => [
    { thread: names.message, position: position(names), limit: 1 },
    { thread: names.message },
  ],
  leave_thread: ({ message }) => [{ thread: message }],
  get_threads: (names) => streamsOf(names).map((stream) => ({ stream, threads: [names.message] })),
  mark_read: (names) => streamsOf(names).map((stream) => ({ stream, nth: 1 })),
  mark_unread: (names) => streamsOf(names).map((stream) => ({ stream, nth: 1 })),
  get_receipts: (names) => streamsOf(names).map((stream) => ({ stream, of: 1 })),
  typing: (names) => streamsOf(names).map((stream) => ({ stream, is_typing: true })),
  set_presence: () => [{ availability: 'away', status_text: 'x' }],
  get_presence: ({ user }) => [{ user_ids: [user] }],
  get_room_presence: ({ room, members }) => [{ room }, { room: members }],
  get_preferences: () => [{}],
  set_preferences: () => [{ sends_receipts: true, shows_presence: true }],
  report: (names, cid) => [
    ...messagesOf(names).map((one) => ({ ...one, reason: 'x', cid })),
    { user_id: names.user, reason: 'x', cid: randomUUID() },
  ],
  get_reports: ({ message }) => [{ is_resolved: false, before: message, limit: 1 }],
  resolve_report: ({ message }) => [{ report_id: message, resolution: 'x' }],
  keep_room: ({ room, members }) =>
    [room, members].map((one) => ({ room: one, is_muted: true, is_pinned: true, is_archived: false })),
  get_unread: () => [{}],
  mute_member: ({ members, user }) => [{ room: members, user_id: user, for_ms: 1_000 }],
  callUser: ({ socket, user, room, members, ticket }, cid) => [
    ...[socket, user, room, members].map((userToCall) => ({
      userToCall,
      signalData: 'x',
      from: socket,
      cid,
    })),
    { userToCall: user, signalData: 'x', ticket_id: ticket, cid: randomUUID() },
  ],
  answerCall: ({ call }) => [{ callId: call, signal: 'x' }],
  endCall: ({ call }) => [{ callId: call }, { callId: call, reason: 'failed' }],
  rejectCall: ({ call }) => [{ callId: call }, { callId: call, reason: 'busy' }],
  signalCall: ({ call }) => [
    { callId: call, nth: 1, signal: 'x' },
    { callId: call, signal: 'x' },
  ],
  resumeCall: ({ call }) => [{ callId: call, seq: 0 }],
  reportCall: ({ call }) => [{ callId: call, state: 'connected' }],
  get_calls: ({ call }) => [{}, { missed: true, before: call, limit: 10 }],
  get_ice_servers: () => [{}],
  create_topic: ({ topic }, cid) => [{ name: topic, cid }],
  get_all_topics: () => [{}],
  create_line_manager: ({ user }, cid) => [
    { user_id: user, positions_in_a_line: 1, average_serving_time: 1, capacity: 1, cid },
  ],
  get_all_line_managers: () => [{}],
  create_ticket: ({ topic }, cid) => [{ product: topic, cid }],
  get_ticket: ({ ticket }) => [{ ticket_id: ticket }],
  get_tickets: ({ topic, ticket }) => [
    { product: topic, is_closed: false, before: ticket, limit: 1 },
    { product: topic },
    { before: ticket },
  ],
  close_ticket: ({ ticket }) => [{ ticket_id: ticket }],
  join_ticket: (names) => [
    { ticket_id: names.ticket, position: position(names), limit: 1 },
    { ticket_id: names.ticket },
  ],
  leave_ticket: ({ ticket }) => [{ ticket_id: ticket }],
  ticket_message_event: (names, cid) => [
    { ticket_id: names.ticket, ...reply(names), cid: randomUUID() },
    { ticket_id: names.ticket, message_data: 'x', cid },
  ],
  get_ticket_messages: ({ ticket }) => [{ ticket_id: ticket }],
  update_ticket: ({ ticket }) => [
    { ticket_id: ticket, subject: 'x', priority: 'high', tags: ['x'], metadata: { x: 1 } },
    { ticket_id: ticket, subject: 'y' },
  ],
  claim_ticket: ({ ticket }) => [{ ticket_id: ticket }],
  claim_next: ({ topic }, cid) => [{ product: topic, cid }, { cid: randomUUID() }],
  assign_ticket: ({ ticket, user }) => [
    { ticket_id: ticket, line_manager: user, expected: user },
    { ticket_id: ticket, line_manager: user },
  ],
  transfer_ticket: ({ ticket, user, topic }) => [
    { ticket_id: ticket, line_manager: user, reason: 'x', expected: user },
    { ticket_id: ticket, product: topic, reason: 'x' },
  ],
  hold_ticket: ({ ticket }) => [{ ticket_id: ticket, is_on_hold: true, reason: 'x' }],
  reopen_ticket: ({ ticket }) => [{ ticket_id: ticket }],
  rate_ticket: ({ ticket }) => [{ ticket_id: ticket, score: 5, comment: 'x' }],
  get_transcript: ({ ticket }) => [
    { ticket_id: ticket, format: 'text', after: 1 },
    { ticket_id: ticket, format: 'json' },
  ],
  join_notes: (names) => [
    { ticket_id: names.ticket, position: position(names), limit: 1 },
    { ticket_id: names.ticket },
  ],
  leave_notes: ({ ticket }) => [{ ticket_id: ticket }],
  get_estimate: ({ ticket, topic }) => [{ ticket_id: ticket }, { product: topic }],
  update_topic: ({ topic }) => [
    {
      name: topic,
      title: 'x',
      strategy: 'round_robin',
      hours: { time_zone: 'Europe/Berlin', openings: [{ day: 1, from: 540, until: 1_020 }] },
      away_text: 'x',
      targets: { first_answer: 5, solved: 60 },
    },
  ],
  update_line_manager: ({ user, topic }) => [
    {
      user_id: user,
      positions_in_a_line: 1,
      average_serving_time: 1,
      capacity: 1,
      topics: [topic],
      is_active: true,
    },
  ],
  remove_line_manager: ({ user }) => [{ user_id: user }],
  set_line_availability: () => [{ availability: 'away' }],
  merge_line: ({ user, topic }) => [
    { from: user, to: user, product: topic },
    { from: user, to: user },
  ],
  split_line: ({ user, topic }) => [
    { from: user, to: user, product: topic },
    { from: user, to: user },
  ],
  create_canned_answer: ({ topic }, cid) => [{ title: cid, text: 'x', product: topic, cid }],
  update_canned_answer: ({ message, topic }) => [
    { answer_id: message, title: 'x', text: 'x', product: topic },
  ],
  delete_canned_answer: ({ message }) => [{ answer_id: message }],
  get_canned_answers: ({ topic }) => [{ product: topic, after: 'x' }, {}],
  create_share_link: ({ topic, user }, cid) => [
    {
      number_of_links: 1,
      product_distribution: { [topic]: 1 },
      usernames: [user],
      url: 'https://example.org',
      cid,
    },
  ],
  get_share_link: ({ message }) => [{ link_id: message }],
  set_meta_setting: () => [{ waiting_time: 'x', operation_time: 'x' }],
  get_meta_setting: () => [{}],
  get_users: ({ user }) => [{ user_ids: [user] }, { text: user, before: user, limit: 1 }, { text: user }],
  update_me: () => [{ name: 'x', picture: 'https://example.org/x.png', metadata: { x: 1 } }, {}],
  block_user: ({ user }) => [{ user_id: user }],
  unblock_user: ({ user }) => [{ user_id: user }],
  get_blocked_users: ({ user }) => [{ before: user, limit: 1 }, {}],
  create_upload: (_, cid) => [
    {
      name: 'x.png',
      type: 'image/png',
      size: 1,
      sha256: '0'.repeat(64),
      width: 1,
      height: 1,
      duration_ms: 1,
      cid,
    },
  ],
  finish_upload: ({ upload }) => [{ upload_id: upload }],
  cancel_upload: ({ upload }) => [{ upload_id: upload }],
  get_attachment_url: (names) => messagesOf(names).map((target) => ({ ...target, upload_id: names.upload })),
  draft_message: (names, cid) => streamsOf(names).map((stream) => ({ stream, cid, from: 0, text: 'x' })),
  end_draft: (names, cid) => streamsOf(names).map((stream) => ({ stream, cid })),
  stop_draft: (names, cid) => streamsOf(names).map((stream) => ({ stream, cid })),
  get_drafts: (names) => streamsOf(names).map((stream) => ({ stream })),
  search: ({ room, members, ticket, user, message }) => [
    { text: 'x', rooms: [room, members], tickets: [ticket], from: user, before: message, limit: 1 },
    { text: 'x' },
  ],
  create_key: (_names, cid) => [
    { kind: 'server', name: 'shop', scopes: ['audit'], expires_at: '2099-01-01T00:00:00.000Z', cid },
  ],
  get_keys: ({ key }) => [{ before: key, limit: 1 }, {}],
  rotate_key: ({ key }, cid) => [
    { key_id: key, grace_ms: 1_000, expires_at: '2099-01-01T00:00:00.000Z', cid },
  ],
  revoke_key: ({ key }) => [{ key_id: key }],
  get_audit: ({ audit }) => [{ before: audit, limit: 1 }, {}],
  export_user: ({ user }) => [{ user_id: user, after: 'none' }, { user_id: user }],
  erase_user: ({ user }) => [{ user_id: user, after: 'none' }],
  get_failed_deliveries: ({ room }) => [{ webhook_id: 'hook', after: `room:${room}`, limit: 1 }],
  resume_webhook: ({ room }) => [{ webhook_id: 'hook', stream: `room:${room}` }, { webhook_id: 'hook' }],
  replay_webhook: ({ room }) => [{ webhook_id: 'hook', stream: `room:${room}`, seq: 0 }],
}

/** A valid payload of every request of V2, without the key. */
const v2SamplePayloads: { readonly [K in V2RequestName]: (names: Names) => object } = {
  join: ({ room }) => ({ room }),
  leave: ({ room }) => ({ room }),
  close_room: ({ room }) => ({ room }),
  message_event: ({ room }) => ({ room_id: room, message_data: 'x' }),
  callUser: ({ user }) => ({ userToCall: user, signalData: 'x' }),
  answerCall: ({ user }) => ({ signal: 'x', to: user }),
  endCall: ({ user }) => ({ to: user }),
  create_topic: ({ topic }) => ({ name: topic }),
  get_all_topics: () => ({}),
  create_line_manager: ({ user }) => ({ user_id: user, positions_in_a_line: 1, average_serving_time: 1 }),
  get_all_line_managers: () => ({}),
  create_ticket: ({ topic, user }) => ({ product: topic, user_id: user }),
  get_tickets: ({ topic }) => ({ product: topic }),
  close_ticket: ({ ticket, user }) => ({ ticket_id: ticket, line_manager: user }),
  ticket_message_event: ({ ticket, message }) => ({
    ticket_id: ticket,
    message_data: 'x',
    reply_to: message,
  }),
  get_ticket_messages: ({ ticket }) => ({ ticket_id: ticket }),
  reopen_ticket: ({ ticket }) => ({ ticket_id: ticket }),
  merge_line: ({ user }) => ({ line_manager_1: user, line_manager_2: `${user}2` }),
  split_line: ({ user }) => ({ line_manager_1: user, line_manager_2: `${user}2` }),
  queue_update: ({ user }) => ({ line_manager: user }),
  get_tickets_by_date: ({ user }) => ({ line_manager: user, ticket_date: '2026_01_02' }),
  get_unread_messages: ({ user }) => ({ line_manager: user, ticket_date: '2026_01_02' }),
  generate_share_link: ({ topic, user }) => ({
    number_of_links: '1',
    product_distribution: { [topic]: '1' },
    usernames: [user],
    url: 'https://example.com',
  }),
  get_share_link_details: ({ message }) => ({ link_id: message }),
  create_meta_setting: () => ({ waiting_time: 12, operation_time: '12s' }),
  get_meta_setting: () => ({}),
}

/** The sample payloads of a request. */
export function samplesOf<K extends RequestName>(name: K, names: Names, cid: string): PayloadOf<K>[] {
  return found(samplePayloads, name, 'samplePayloads')(names, cid)
}

/** The sample payload of one of V2's requests. */
export function v2SampleOf(name: V2RequestName, names: Names): object {
  return found(v2SamplePayloads, name, 'v2SamplePayloads')(names)
}

// Tests run without being type-checked: an event that is new must not fail as `is not a function`.
function found<T, K extends keyof T & string>(table: T, name: K, title: string): T[K] {
  if (Object.hasOwn(table as object, name)) return table[name]
  const file = 'packages/server/tests/support/sample-payloads.ts'
  throw new Error(`No sample payload for ${name}: add one to ${title} in ${file}`)
}
