import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { contractDocument, packageVersion, readSnapshot, snapshotFile } from '../scripts/contract.ts'
import { unannouncedNames } from '../scripts/unannounced-names.ts'
import { retryableCodes } from './error-codes.ts'
import { errors, pushes, type RequestName, requests } from './index.ts'
import { v2Requests } from './v2/index.ts'

// The events of docs/v2.md, in its order, without those that it lists as not implemented.
const eventsOfV2 = [
  'join',
  'leave',
  'close_room',
  'message_event',
  'callUser',
  'answerCall',
  'endCall',
  'create_topic',
  'get_all_topics',
  'create_line_manager',
  'get_all_line_managers',
  'create_ticket',
  'get_tickets',
  'close_ticket',
  'ticket_message_event',
  'get_ticket_messages',
]

// Those of a later server, most of which have other names here.
const lateEvents = [
  'get_share_link_details',
  'generate_share_link',
  'create_meta_setting',
  'get_meta_setting',
  'get_tickets_by_date',
  'get_unread_messages',
  'queue_update',
  'reopen_ticket',
  'merge_line',
  'split_line',
]

it('[CT1] knows every event of V2 under its own name, in both dialects', () => {
  expect(Object.keys(v2Requests).sort()).toEqual([...eventsOfV2, ...lateEvents].sort())
  expect(Object.keys(requests)).toEqual(expect.arrayContaining(eventsOfV2))
})

it('[CT2] keeps the spellings of V2 in its answers', () => {
  const spellings = Object.entries(v2Requests).filter(([name, { operation }]) => name !== operation)
  expect(spellings.map(([name, { operation }]) => [name, operation])).toEqual([
    ['get_tickets', 'get_ticket'],
    ['ticket_message_event', 'send_message'],
    ['create_meta_setting', 'create_meta_settings'],
  ])
})

it('[CT3] writes every schema as JSON Schema: no dates, transforms or voids travel', () => {
  for (const schema of [
    ...Object.values(requests).flatMap(({ payload, data }) => [payload, data]),
    ...Object.values(pushes),
  ]) {
    expect(() => z.toJSONSchema(schema, { io: 'input' })).not.toThrow()
  }
})

/** Whether each request creates something. */
const creates: { readonly [K in RequestName]: boolean } = {
  renew_token: false,
  revoke_sessions: false,
  join: false,
  leave: false,
  create_room: true,
  get_room: false,
  get_room_members: false,
  get_rooms: false,
  update_room: false,
  add_members: false,
  remove_members: false,
  leave_room: false,
  close_room: false,
  create_invite: true,
  accept_invite: false,
  message_event: true,
  // Each of its messages has one.
  send_messages: false,
  get_messages: false,
  get_entries: false,
  callUser: true,
  answerCall: false,
  endCall: false,
  rejectCall: false,
  signalCall: false,
  resumeCall: false,
  reportCall: false,
  get_calls: false,
  get_ice_servers: false,
  create_topic: true,
  get_all_topics: false,
  create_line_manager: true,
  get_all_line_managers: false,
  create_ticket: true,
  get_ticket: false,
  get_tickets: false,
  close_ticket: false,
  join_ticket: false,
  leave_ticket: false,
  ticket_message_event: true,
  get_ticket_messages: false,
  update_ticket: false,
  claim_ticket: false,
  claim_next: true,
  assign_ticket: false,
  transfer_ticket: false,
  hold_ticket: false,
  reopen_ticket: false,
  rate_ticket: false,
  get_transcript: false,
  join_notes: false,
  leave_notes: false,
  get_estimate: false,
  update_topic: false,
  update_line_manager: false,
  remove_line_manager: false,
  set_line_availability: false,
  merge_line: false,
  split_line: false,
  create_canned_answer: true,
  update_canned_answer: false,
  delete_canned_answer: false,
  get_canned_answers: false,
  create_share_link: true,
  get_share_link: false,
  set_meta_setting: false,
  get_meta_setting: false,
  get_users: false,
  update_me: false,
  block_user: false,
  unblock_user: false,
  get_blocked_users: false,
  create_key: true,
  get_keys: false,
  rotate_key: true,
  revoke_key: false,
  get_audit: false,
  export_user: false,
  edit_message: true,
  delete_message: true,
  react: true,
  unreact: true,
  pin_message: true,
  unpin_message: true,
  get_pinned_messages: false,
  get_reactions: false,
  get_message_versions: false,
  start_thread: true,
  join_thread: false,
  leave_thread: false,
  get_threads: false,
  mark_read: false,
  mark_unread: false,
  get_receipts: false,
  typing: false,
  set_presence: false,
  get_presence: false,
  get_room_presence: false,
  get_preferences: false,
  set_preferences: false,
  get_reports: false,
  resolve_report: false,
  keep_room: false,
  get_unread: false,
  mute_member: false,
  create_upload: true,
  finish_upload: false,
  cancel_upload: false,
  get_attachment_url: false,
  // The cid is that of the message.
  draft_message: true,
  end_draft: true,
  stop_draft: true,
  get_drafts: false,
  search: false,
  // Either of two payloads.
  report: false,
  erase_user: false,
  get_failed_deliveries: false,
  resume_webhook: false,
  replay_webhook: false,
}

it('[CT4] asks for a cid in every request that creates', () => {
  const described = contractDocument().requests
  for (const [name, isCreating] of Object.entries(creates)) {
    const { payload } = described[name] ?? {}
    if (isCreating) expect(payload, `the payload of ${name}`).toHaveProperty('properties.cid')
  }
})

it('[CT5] drops fields that an entry does not have', () => {
  const parsed = z.safeParse(requests.leave.payload, { room: 'a', author: 'somebody else' })
  expect(parsed).toEqual({ success: true, data: { room: 'a' } })
})

it('[CT6] names only errors of the registry', () => {
  for (const { errors: own } of Object.values(contractDocument().requests)) {
    for (const code of own) expect(Object.keys(errors)).toContain(code)
  }
})

it('[CT7] has not changed the wire since the snapshot of its version: a change needs `pnpm changeset version` and `pnpm contract`', () => {
  const file = snapshotFile(packageVersion())
  const snapshot = readSnapshot(packageVersion())
  const hint = `${file} and the source differ: follow "Changing the wire" in CONTRIBUTING.md`
  expect(snapshot, `${file} is missing: run \`pnpm contract\``).toBeDefined()
  expect(JSON.parse(JSON.stringify(contractDocument())), hint).toEqual(snapshot)
})

it('names every request and push in a rule of SPEC.md', () => {
  const spec = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8')
  const rules = spec.split('\n').filter((line) => line.startsWith('- **'))
  const names = [...Object.keys(requests), ...Object.keys(pushes)]
  const unnamed = names.filter((name) => !rules.some((rule) => new RegExp(`\`${name}\\b`).test(rule)))
  expect(unnamed.join(', '), 'in no rule of packages/protocol/SPEC.md: write one, with a test').toBe('')
})

it('names every new event and field of the wire in a changeset', () => {
  expect(unannouncedNames().join(', '), 'in no changeset: run `pnpm changeset` and name them').toBe('')
})

it('[CT6] says of the same codes that a retry may help, with and without schemas', () => {
  const retryable = Object.entries(errors).flatMap(([code, entry]) => (entry.retryable ? code : []))
  expect(retryable).toEqual([...retryableCodes])
})
