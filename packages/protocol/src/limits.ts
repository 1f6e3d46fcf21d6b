/**
 * What a client may send, counted before it costs anything. A field over its limit is answered with
 * `invalid_payload`; a frame over its limit closes the connection. Part of `hello`.
 */
export const limits = {
  /** Bytes of one frame, and of one polling body. */
  frame_bytes: 65_536,
  /** Levels of arrays and objects in one frame. */
  depth: 16,
  /** Unicode code points of a text. */
  text_length: 16_000,
  /** UTF-16 code units of an id or a name. */
  id_length: 128,
  /** Bytes of what `signalData` and `signal` encode to. */
  signal_bytes: 61_440,
  /** Entries of one page. */
  page_entries: 200,
  /** Bytes of one page's entries; a page has at least one entry. */
  page_bytes: 262_144,
  /** Tickets of one answer. */
  tickets: 5_000,
  /** Messages of one answer to `get_ticket_messages`. */
  ticket_messages: 5_000,
  /** Bytes of those messages. */
  ticket_messages_bytes: 4_194_304,
} as const
