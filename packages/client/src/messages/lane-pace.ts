import { backoffMs } from '../connection/retry.ts'
import type { RequestError } from '../errors.ts'
import { slowModeIn } from '../requests/slow-mode.ts'
import { change, type Item, type LaneHost } from './lane.ts'
import { isPassing } from './outgoing.ts'

/** When a lane sends next, and how much at a time. */
export interface LanePace {
  /** How many messages may go together. */
  readonly most: () => number
  /** Nothing is sent until it goes on by itself. */
  readonly isResting: () => boolean
  /** Goes on at once: the connection is another one. */
  readonly goOn: () => void
  /** Sends one by one, to find which of several the server does not take. */
  readonly singly: () => void
  /** Waits after a failure that says nothing about the messages, or because of the room's slow mode. */
  readonly rest: (hint: RequestError) => void
  readonly onSuccess: () => void
  /** Everything may go together again; in slow mode only once a message went without having waited. */
  readonly hurry: () => void
  /** One message after the other, each with the time when it goes. */
  readonly showTurns: () => void
}

export interface PacedLane {
  readonly stream: string
  readonly host: Pick<LaneHost, 'watch'>
  readonly waiting: ReadonlyMap<string, Item>
  readonly begin: (isAgain?: boolean) => boolean
  readonly changed: () => void
}

/** What a room's slow mode means for a lane. */
interface SlowMode {
  readonly everyMs: number
  /** When the next message goes, as `Date.now()` counts. */
  readonly until: number
  /** Whether the message that goes next has waited. */
  hasRested: boolean
  readonly stop: () => void
}

/** Devices of one user shall not come back at the same moment. */
const slowestStartMs = 200
const all = Number.POSITIVE_INFINITY

export function createLanePace({ stream, host, waiting, begin, changed }: PacedLane): LanePace {
  let pause: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  /** Since the room's slow mode makes messages wait. */
  let slow: SlowMode | undefined
  let most = all

  function hurry(): void {
    if (slow?.hasRested && waiting.size > 0) {
      slow.hasRested = false
      return
    }
    slow?.stop()
    slow = undefined
    most = all
    for (const item of waiting.values()) showTurn(item, null)
  }

  function waitInTurn(forMs: number, everyMs: number): void {
    const stop = slow?.stop ?? host.watch(stream, () => begin(true))
    slow = { everyMs, until: Date.now() + forMs, hasRested: true, stop }
    most = 1
    resumeIn(forMs + Math.random() * slowestStartMs)
    showTurns()
  }

  function showTurns(): void {
    if (!slow || pause === undefined) return
    let { until } = slow
    for (const item of waiting.values()) {
      showTurn(item, until)
      until += slow.everyMs
    }
  }

  function showTurn(item: Item, waitsUntil: number | null): void {
    if (item.one.waitsUntil !== waitsUntil) change(item, { waitsUntil })
  }

  function resumeIn(ms: number): void {
    pause = setTimeout(() => {
      pause = undefined
      if (waiting.size === 0) hurry()
      if (!begin()) changed()
    }, ms)
  }

  return {
    most: () => most,
    isResting: () => pause !== undefined,
    goOn() {
      clearTimeout(pause)
      pause = undefined
      failures = 0
    },
    singly() {
      most = 1
    },
    rest(hint) {
      failures += 1
      // Sent singly now, to find which of them it is.
      if (!hint.retryable && !isPassing(hint)) return
      const everyMs = slowModeIn(hint)
      if (everyMs === undefined) resumeIn(backoffMs(failures, hint))
      else waitInTurn(hint.retryAfterMs ?? everyMs, everyMs)
    },
    onSuccess() {
      failures = 0
    },
    hurry,
    showTurns,
  }
}
