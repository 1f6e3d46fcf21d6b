import { type PayloadOf, type RequestName, type Session, streamOwner } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import { type Credential, type Identity, isExpired, type Scope, tokenExpired } from './identity.ts'

/**
 * `all`: on everything in the workspace. `own`: only on what is the session's own, such as a customer's tickets.
 * `none`: not at all.
 */
export type Right = 'all' | 'own' | 'none'

/** Who may use a request. */
export interface Permission<Payload> {
  readonly customer: Right
  /** Somebody who has not logged in. */
  readonly guest: Right
  readonly agent: Right
  readonly admin: Right
  /** A server key may use it only with this scope, whatever its role. The rights above are for everybody else. */
  readonly scope?: Scope
  /** The name of the room that a payload is about; undefined for none. A session may be limited to some rooms. */
  readonly room?: (payload: Payload) => string | undefined
}

const everybody = { customer: 'all', guest: 'all', agent: 'all', admin: 'all' } as const
const admins = { customer: 'none', guest: 'none', agent: 'none', admin: 'all' } as const
const agents = { customer: 'none', guest: 'none', agent: 'all', admin: 'all' } as const
const nobody = { customer: 'none', guest: 'none', agent: 'none', admin: 'none' } as const
const ownTickets = { customer: 'own', guest: 'own', agent: 'all', admin: 'all' } as const
// Guests have no row of their own until they log in.
const ownUser = { customer: 'all', guest: 'none', agent: 'all', admin: 'all' } as const

// Whoever makes a room may be limited to people whom they know: that is `own` there.
const makesRooms = { customer: 'own', guest: 'none', agent: 'all', admin: 'all' } as const
const managesRooms = { customer: 'own', guest: 'none', agent: 'own', admin: 'all' } as const
const seesRooms = { customer: 'own', guest: 'own', agent: 'own', admin: 'all' } as const
const ownRooms = { customer: 'own', guest: 'own', agent: 'own', admin: 'own' } as const
const pins = { customer: 'own', guest: 'none', agent: 'all', admin: 'all' } as const
const room = (payload: { readonly room: string }): string => payload.room

/** Who may do what: the only place that says so. The documentation's table is made from it. */
export const permissions: { readonly [K in RequestName]: Permission<PayloadOf<K>> } = {
  renew_token: { ...everybody, guest: 'none' },
  revoke_sessions: { ...admins, scope: 'revoke' },
  join: { ...everybody, room },
  leave: everybody,
  create_room: makesRooms,
  get_room: { ...seesRooms, room },
  get_room_members: { ...seesRooms, room },
  get_rooms: ownRooms,
  update_room: { ...managesRooms, room },
  add_members: { ...managesRooms, room },
  remove_members: { ...managesRooms, room },
  leave_room: { ...ownRooms, room },
  close_room: { ...managesRooms, room },
  create_invite: { ...managesRooms, room },
  accept_invite: { customer: 'all', guest: 'none', agent: 'all', admin: 'all' },
  message_event: { ...everybody, room: ({ room_id }) => room_id },
  send_messages: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  get_messages: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  get_entries: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  // `own`: people whom they know.
  callUser: ownTickets,
  answerCall: everybody,
  endCall: everybody,
  rejectCall: everybody,
  signalCall: everybody,
  resumeCall: everybody,
  reportCall: everybody,
  get_calls: everybody,
  get_ice_servers: everybody,
  create_topic: admins,
  get_all_topics: everybody,
  create_line_manager: admins,
  get_all_line_managers: everybody,
  create_ticket: everybody,
  get_ticket: ownTickets,
  get_tickets: ownTickets,
  close_ticket: ownTickets,
  join_ticket: ownTickets,
  leave_ticket: everybody,
  update_ticket: ownTickets,
  claim_ticket: agents,
  claim_next: agents,
  assign_ticket: agents,
  transfer_ticket: agents,
  hold_ticket: agents,
  reopen_ticket: ownTickets,
  rate_ticket: ownTickets,
  get_transcript: ownTickets,
  join_notes: agents,
  leave_notes: agents,
  // `own`: of their tickets; anybody may ask what it would be for a new one.
  get_estimate: ownTickets,
  update_topic: admins,
  update_line_manager: admins,
  remove_line_manager: admins,
  set_line_availability: agents,
  merge_line: admins,
  split_line: admins,
  create_canned_answer: agents,
  update_canned_answer: agents,
  delete_canned_answer: agents,
  get_canned_answers: agents,
  create_share_link: admins,
  // Whoever knows a link may use it.
  get_share_link: everybody,
  set_meta_setting: admins,
  get_meta_setting: everybody,
  ticket_message_event: ownTickets,
  get_ticket_messages: ownTickets,
  // A customer's own are those they share a room with members or a ticket with, or everybody where the workspace says so.
  get_users: { customer: 'own', guest: 'none', agent: 'all', admin: 'all' },
  update_me: ownUser,
  block_user: ownUser,
  unblock_user: ownUser,
  get_blocked_users: ownUser,
  edit_message: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  delete_message: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  react: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  unreact: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  pin_message: { ...pins, room: ({ stream }) => roomOf(stream) },
  unpin_message: { ...pins, room: ({ stream }) => roomOf(stream) },
  get_pinned_messages: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  get_reactions: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  get_message_versions: { ...agents, room: ({ stream }) => roomOf(stream) },
  start_thread: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  join_thread: ownTickets,
  leave_thread: everybody,
  get_threads: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  mark_read: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  mark_unread: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  get_receipts: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  typing: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  set_presence: ownUser,
  get_presence: { customer: 'own', guest: 'none', agent: 'all', admin: 'all' },
  get_room_presence: { ...seesRooms, room },
  get_preferences: ownUser,
  set_preferences: ownUser,
  report: { ...ownTickets, room: (payload) => ('stream' in payload ? roomOf(payload.stream) : undefined) },
  get_reports: admins,
  resolve_report: admins,
  keep_room: { ...ownRooms, room },
  get_unread: ownRooms,
  mute_member: { ...managesRooms, room },
  create_upload: everybody,
  finish_upload: everybody,
  cancel_upload: everybody,
  get_attachment_url: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  // Programs write as agents.
  draft_message: { ...agents, room: ({ stream }) => roomOf(stream) },
  end_draft: { ...agents, room: ({ stream }) => roomOf(stream) },
  stop_draft: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  get_drafts: { ...ownTickets, room: ({ stream }) => roomOf(stream) },
  // `own`: the rooms of one's list, and one's tickets.
  search: ownTickets,
  create_key: { ...nobody, scope: 'keys' },
  get_keys: { ...nobody, scope: 'keys' },
  rotate_key: { ...nobody, scope: 'keys' },
  revoke_key: { ...nobody, scope: 'keys' },
  get_audit: { ...nobody, scope: 'audit' },
  export_user: { ...nobody, scope: 'export' },
  erase_user: { ...nobody, scope: 'erase' },
  get_failed_deliveries: { ...nobody, scope: 'webhooks' },
  resume_webhook: { ...nobody, scope: 'webhooks' },
  replay_webhook: { ...nobody, scope: 'webhooks' },
}

const requestNames = Object.keys(permissions) as RequestName[]

/**
 * Narrows what the table allows: answers false to refuse a request of this session with this payload. It is asked about each
 * message of `send_messages` as about a `message_event` or `ticket_message_event`, and not about `send_messages` itself.
 */
export type Authorize = (session: Session, request: RequestName, payload: unknown) => boolean

/** What the session may use a request on. */
export function rightOf(name: RequestName, { role, is_guest }: Session): Right {
  return permissions[name][is_guest ? 'guest' : role]
}

/** The requests that somebody may use. */
export function allowedRequests({ session, credential }: Identity): RequestName[] {
  return requestNames.filter((name) => mayUse(name, session, credential))
}

/**
 * The one step before every handler. Answers what the session may use the request on.
 * @throws RequestError `forbidden`
 */
export function permit(
  name: RequestName,
  payload: unknown,
  { session, credential }: Identity,
  authorize?: Authorize,
): Right {
  if (isExpired(credential)) throw tokenExpired()
  if (!mayUse(name, session, credential)) throw forbidden(name, session)
  const room = session.rooms && permissions[name].room?.(payload as never)
  if (room && !isAllowedRoom(room, session))
    throw new RequestError('forbidden', `Room ${room} is not for this session`)
  if (name !== 'send_messages') expectAuthorized(name, payload, session, authorize)
  return permissions[name].scope ? 'all' : rightOf(name, session)
}

/** @throws RequestError `forbidden` */
export function expectAuthorized(
  name: RequestName,
  payload: unknown,
  session: Session,
  authorize: Authorize | undefined,
): void {
  if (authorize && !authorize(session, name, payload))
    throw new RequestError('forbidden', `${name} is not allowed here`)
}

function mayUse(name: RequestName, session: Session, credential: Credential): boolean {
  const { scope } = permissions[name]
  if (scope && credential.kind === 'server_key') return credential.scopes.includes(scope)
  return rightOf(name, session) !== 'none'
}

function forbidden(name: RequestName, session: Session): RequestError {
  const { scope, ...rights } = permissions[name]
  const roles = (['customer', 'agent', 'admin'] as const).filter((role) => rights[role] !== 'none')
  if (scope) {
    const others = roles.length > 0 ? `, or the role ${roles.join(' or ')} of a token` : ''
    return new RequestError('forbidden', `This needs a server key with the scope ${scope}${others}`)
  }
  const has = session.is_guest ? 'is a guest' : `has the role ${session.role}`
  return new RequestError('forbidden', `This needs the role ${roles.join(' or ')}; the session ${has}`)
}

/** Rooms with members have names of their own, and membership decides who may use them. */
export function isAllowedRoom(room: string, { rooms }: Session): boolean {
  if (rooms === null || room.startsWith('~')) return true
  return rooms.some((pattern) =>
    pattern.endsWith('*') ? room.startsWith(pattern.slice(0, -1)) : room === pattern,
  )
}

function roomOf(stream: string): string | undefined {
  const { kind, id } = streamOwner(stream)
  return kind === 'room' ? id : undefined
}
