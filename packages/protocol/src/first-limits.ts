/** The limits that clients look at, in a file of their own: they load no others at once. */
export const firstLimits = {
  /** Bytes of one frame or polling body. */
  frame_bytes: 65_536,
  /** Unicode code points of a text. */
  text_length: 16_000,
  /** UTF-16 code units of an id or a name. */
  id_length: 128,
  /** Messages of one `send_messages`. */
  messages_at_once: 50,
  /** Entries of one page. */
  page_entries: 200,
  /** Users of one request or answer. */
  users: 100,
  /** Threads of one request. */
  threads: 100,
  /** Rooms of one answer. */
  rooms: 100,
  /** Up to here unread messages are counted. */
  unread_counted: 1_000,
  /** Rows of one answer of `get_keys`, `get_audit` or `get_reports`; with ids of any characters they stay within `page_bytes`. */
  list_rows: 100,
  /** Bytes of `metadata` as JSON. */
  metadata_bytes: 4_096,
  /** People whom one message mentions. */
  mentions: 50,
  /** Files of one message. */
  attachments: 10,
} as const
