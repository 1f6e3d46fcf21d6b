import { limits } from '@dowellchat/protocol'
import type { Log } from './log.ts'
import { type Planner, seqOf } from './places.ts'
import type { EndAsked } from './store.ts'

/** The entries in which the messages after a mark are counted. */
export interface UnreadSpan {
  readonly low: number
  readonly high: number
}

/**
 * Changes of messages are entries between them. Where they are this many, the messages behind them count without a look at
 * who has written them.
 */
const mostLookedAt = 5_000

/**
 * Where the messages after a mark are, as far as they are counted; undefined where there is none. `unseen`: how many of them
 * are too far away to look at who has written them.
 */
export function* planUnread(
  log: Log,
  { nth, seq }: NonNullable<EndAsked['mark']>,
): Planner<(UnreadSpan & { readonly unseen: number }) | undefined> {
  const first = Math.max(nth, log.pruned.nth) + 1
  const last = Math.min(first + limits.unread_counted - 1, log.head.nth)
  if (last < first) return undefined
  // The message after the mark comes after that seq, which is as good as a place.
  const low = yield* seqOf(log, first, { seq, nth })
  const high = last === log.head.nth ? log.head.seq : yield* seqOf(log, last, { seq: low, nth: first })
  if (high - low < mostLookedAt) return { low, high, unseen: 0 }
  const cut = low + mostLookedAt - 1
  const place = yield cut
  return { low, high: cut, unseen: Math.max(last - (place?.nth ?? last), 0) }
}

/** The seq of a stream's last message; undefined where it has none any more. */
export function* planLast(log: Log): Planner<number | undefined> {
  if (log.head.nth <= log.pruned.nth) return undefined
  return yield* seqOf(log, log.head.nth, log.head)
}
