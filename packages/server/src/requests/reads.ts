import type { RequestName } from '@dowellchat/protocol'

/**
 * How many places each request takes among the reads of its socket: 1 if it answers a page or a list, 2 if the answer may be
 * a whole conversation or thousands of rows, 0 if it is short.
 */
const places = {
  renew_token: 0,
  revoke_sessions: 0,
  join: 1,
  leave: 0,
  create_room: 0,
  get_room: 0,
  get_room_members: 1,
  get_rooms: 1,
  update_room: 0,
  add_members: 0,
  remove_members: 0,
  leave_room: 0,
  close_room: 0,
  create_invite: 0,
  accept_invite: 0,
  message_event: 0,
  get_messages: 1,
  get_entries: 1,
  callUser: 0,
  answerCall: 0,
  endCall: 0,
  create_topic: 0,
  get_all_topics: 1,
  create_line_manager: 0,
  get_all_line_managers: 1,
  create_ticket: 0,
  get_tickets: 2,
  close_ticket: 0,
  join_ticket: 1,
  leave_ticket: 0,
  ticket_message_event: 0,
  get_ticket_messages: 2,
  get_users: 1,
  update_me: 0,
  block_user: 0,
  unblock_user: 0,
  get_blocked_users: 1,
  create_key: 0,
  get_keys: 1,
  rotate_key: 0,
  revoke_key: 0,
  get_audit: 1,
  export_user: 1,
  erase_user: 0,
} as const satisfies { readonly [K in RequestName]: 0 | 1 | 2 }

/** The requests that answer much, with their places. A map, because an event may be called `__proto__`. */
export const readPlaces: ReadonlyMap<unknown, number> = new Map<string, number>(
  Object.entries(places).filter(([, taken]) => taken > 0),
)
