/**
 * How many messages of each room and ticket a client keeps. Beyond that it lets go of the oldest, a tenth at once, which
 * `loadOlder` brings back.
 * A page that reads `messages` after each change copies the list: some microseconds at 5,000, half a millisecond at 40,000.
 * @example
 * createChatClient({ url, auth, keptMessages: { atEnd: 200 } })
 */
export interface KeptMessages {
  /** While the reader is at the newest message: 1,000 by default, at least a page. */
  readonly atEnd?: number
  /** From `loadOlder` until `trim`, or until nobody retains the stream: 5,000 by default. `loadOlder` goes no further back. */
  readonly scrolledUp?: number
}

/** The two bounds, with their defaults; neither is less than a page. */
export function boundsOf(
  { atEnd = 1_000, scrolledUp = 5_000 }: KeptMessages = {},
  pageSize = 50,
): Required<KeptMessages> {
  const end = Math.max(atEnd, pageSize)
  return { atEnd: end, scrolledUp: Math.max(scrolledUp, end) }
}
