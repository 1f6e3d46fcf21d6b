import { runRepeated } from '../queues/repeat.ts'

/**
 * The time of day of the test's process: the server's, the clients' in the same process, and the test's own `Date`. It runs
 * on by itself, and jumps when the test says so.
 *
 * What moves: everything that is dated, such as `created_at`, the ids of rows, the expiry of tokens, keys and invites,
 * retention and the ringing of calls. What does not: timers (`setTimeout`), and what is counted in elapsed time, such as
 * heartbeats, deadlines of requests, pauses between tries and the budgets of limits.
 */
export interface Clock {
  /** The time, in milliseconds since 1970. */
  now(): number
  /**
   * Moves the time ahead. Resolves once the server has seen to what has become due: it warns and closes connections whose
   * tokens expire, and removes what its workspaces no longer keep.
   * @example
   * await server.clock.advance(7 * 24 * 60 * 60 * 1_000)
   */
  advance(ms: number): Promise<void>
}

let aheadMs = 0
let users = 0
let real: DateConstructor | undefined
let moved: DateConstructor | undefined

/** The process's clock, for as long as somebody uses it; the second answer ends that. With its last user, real time is back. */
export function useClock(): [clock: Clock, release: () => void] {
  users += 1
  let isReleased = false
  const clock = {
    now: () => Date.now(),
    async advance(ms: number) {
      if (!(ms >= 0)) throw new RangeError(`advance: expected milliseconds from 0, got ${ms}`)
      aheadMs += ms
      if (!real) move()
      await runRepeated()
    },
  }
  return [
    clock,
    () => {
      if (isReleased) return
      isReleased = true
      users -= 1
      if (users === 0) moveBack()
    },
  ]
}

/** Replaces `Date` by one that is ahead. */
function move(): void {
  const before = Date
  const now = (): number => before.now() + aheadMs
  real = before
  moved = new Proxy(before, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
    apply: (target) => String(new target(now())),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
  globalThis.Date = moved
}

function moveBack(): void {
  aheadMs = 0
  // Somebody else's fake time may have come on top.
  if (real && globalThis.Date === moved) globalThis.Date = real
  real = undefined
  moved = undefined
}
