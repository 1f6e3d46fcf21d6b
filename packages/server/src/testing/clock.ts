import { dateNow, setAhead } from '../time.ts'

/**
 * The time of the servers of this process, which runs on by itself, and jumps when the test says so. The time of their clients
 * and of the test stays: a clock that is not the server's is what clients live with.
 *
 * What moves: whatever the server dates or lets expire, such as `created_at`, tokens, keys, invites, retention and ringing
 * calls, in a store in memory or in MongoDB. What does not: timers, and what is counted in elapsed time, such as heartbeats,
 * deadlines of requests and the budgets of limits; and a store in a file, which has a thread of its own.
 */
export interface Clock {
  /** The servers' time, in milliseconds since 1970. */
  now(): number
  /**
   * Moves the time ahead. Resolves once the server has seen to what has become due: it warns and closes connections whose
   * tokens expire, ends calls that have rung for long enough, and removes what its workspaces no longer keep.
   * @example
   * await server.clock.advance(7 * 24 * 60 * 60 * 1_000)
   */
  advance(ms: number): Promise<void>
}

let aheadMs = 0
let users = 0

/** The clock, and a function that ends its use. With its last user the real time is back. */
export function useClock(): [clock: Clock, release: () => void] {
  users += 1
  const clock = {
    now: dateNow,
    async advance(ms: number) {
      if (!(ms >= 0)) throw new RangeError(`advance: expected milliseconds from 0, got ${ms}`)
      aheadMs += ms
      await setAhead(aheadMs)
    },
  }
  return [
    clock,
    () => {
      users -= 1
      if (users > 0) return
      aheadMs = 0
      void setAhead(0)
    },
  ]
}
