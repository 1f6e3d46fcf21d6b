import { firstLimits } from './first-limits.ts'

/**
 * Limits on what a client may send, checked before anything expensive happens. A field over its limit gets
 * `invalid_payload`; a frame over its limit closes the connection. `hello` contains them.
 */
export const limits = {
  ...firstLimits,
  /** Nesting levels of arrays and objects in one frame. */
  depth: 16,
  /** Bytes of `signalData` or `signal` as JSON. */
  signal_bytes: 61_440,
  /** Bytes of a token. */
  token_bytes: 8_192,
  /** Bytes of one page's entries; a page may exceed it to contain one entry. */
  page_bytes: 262_144,
  /** Messages that one `deletion` removes. */
  removed_messages: 1_000,
  /** For how many milliseconds a key that was rotated may still be used; 30 days. */
  key_grace_ms: 2_592_000_000,
  /** Tickets of one answer. */
  tickets: 5_000,
  /** Tags of one ticket. */
  tags: 20,
  /** UTF-16 code units of a tag. */
  tag_length: 40,
  /** UTF-16 code units of a ticket's subject. */
  subject_length: 120,
  /** UTF-16 code units of why a ticket is passed on or put on hold. */
  reason_length: 120,
  /** UTF-16 code units of what a customer writes beside a rating. */
  comment_length: 1_000,
  /** Topics that a line manager serves. */
  served_topics: 100,
  /** Canned answers of a workspace. */
  canned_answers: 1_000,
  /** Links of one `create_share_link`. */
  share_links: 1_000,
  /** Up to how many tickets an answer has with their metadata. */
  tickets_with_metadata: 500,
  /** Bytes of one answer with a list of users. */
  users_bytes: 262_144,
  /** Characters of a picture's address. */
  picture_length: 1_024,
  /** Messages of one answer to `get_ticket_messages`. */
  ticket_messages: 5_000,
  /** Bytes of one answer to `get_ticket_messages`. */
  ticket_messages_bytes: 4_194_304,
  /** Members of one room. */
  room_members: 1_000,
  /** Users whom one request adds to a room or removes from it. */
  room_members_at_once: 100,
  /** Invites to a room that are valid at a time. */
  room_invites: 100,
  /** Different reactions to one message. */
  reactions: 20,
  /** UTF-16 code units of one reaction; the longest emoji of a family has 25. */
  reaction_length: 32,
  /** How many of those who reacted a message names. */
  reaction_users: 10,
  /** Unicode code points of a quoted message. */
  quote_length: 200,
  /** Messages pinned in one stream. */
  pins: 100,
  /** Rooms that a person has pinned in their list. */
  pinned_rooms: 50,
  /** Up to how many members a room names who has read what. */
  receipt_users: 50,
  /** UTF-16 code units of a status text. */
  status_length: 100,
  /** Unicode code points of the reason of a report. */
  report_length: 1_000,
  /** UTF-16 code units of a file's name. */
  file_name_length: 255,
  /** Characters of a file's type. */
  media_type_length: 127,
  /** Unicode code points of what is searched for. */
  search_length: 200,
  /** Rooms, and tickets, that one search names. */
  searched_places: 20,
  /** Unicode code points of the part of a message that a search shows. */
  excerpt_length: 200,
} as const
