/**
 * How many messages of each room and ticket a client keeps. Beyond that it lets go of the oldest, a tenth at once, which
 * `loadOlder` brings back.
 * @example
 * createChatClient({ url, auth, keptMessages: { atEnd: 200 } })
 */
export interface KeptMessages {
  /** While the reader is at the newest message: 1,000 by default, at least 50. */
  readonly atEnd?: number
  /** From `loadOlder` until `trim`, or until nobody retains the stream: 5,000 by default. `loadOlder` goes no further back. */
  readonly scrolledUp?: number
}

/** The newest page of a stream: what is kept of one that nobody retains. */
export const newestPage = 50

/** The two bounds, with their defaults. */
export function boundsOf({ atEnd = 1_000, scrolledUp = 5_000 }: KeptMessages = {}): Required<KeptMessages> {
  const end = Math.max(atEnd, newestPage)
  return { atEnd: end, scrolledUp: Math.max(scrolledUp, end) }
}
