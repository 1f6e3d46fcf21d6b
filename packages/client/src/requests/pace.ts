import { backoffMs } from '../connection/retry.ts'
import { uptime } from '../connection/uptime.ts'
import { isRequestError } from '../errors.ts'
import { slowModeIn } from './slow-mode.ts'

/** Requests that are sent without waiting for the answers to earlier ones; a server lets more of one connection wait. */
const mostUnderWay = 64
const mostTries = 5
/** Whoever asks is told instead of waiting longer. */
const longestWaitMs = 30_000

/** Runs a request when its turn comes, and again when the server has refused it for now. */
export type Pace = <T>(ask: () => Promise<T>) => Promise<T>

interface Turn {
  readonly nth: number
  readonly begin: () => void
}

/**
 * Keeps to what the server takes: few requests at a time, and none before the time that it says after `rate_limited`. Those
 * that were refused come first, in their order; whoever has waited in vain gets the failure.
 */
export function createPace(): Pace {
  const waiting: Turn[] = []
  let count = 0
  let underWay = 0
  let most = mostUnderWay
  let notBefore = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function next(): void {
    clearTimeout(timer)
    const waitMs = notBefore - uptime()
    if (waiting.length > 0 && waitMs > 0) timer = setTimeout(next, waitMs)
    while (underWay < most && waitMs <= 0) {
      const first = waiting.shift()
      if (!first) break
      underWay += 1
      first.begin()
    }
  }

  function turn(nth: number): Promise<void> {
    return new Promise((begin) => {
      const later = waiting.findIndex((one) => one.nth > nth)
      waiting.splice(later < 0 ? waiting.length : later, 0, { nth, begin })
      next()
    })
  }

  return async (ask) => {
    const nth = count++
    for (let tries = 1; ; tries++) {
      // Not awaited where nothing waits, so that requests leave at once and in the order of the calls.
      if (tries > 1 || waiting.length > 0 || underWay >= most || uptime() < notBefore) await turn(nth)
      else underWay += 1
      try {
        const answer = await ask()
        most = Math.min(most + 1, mostUnderWay)
        return answer
      } catch (error) {
        // A room's slow mode concerns its messages, and nothing else that the client asks.
        if (!isRequestError(error) || error.code !== 'rate_limited' || slowModeIn(error) !== undefined)
          throw error
        const { retryAfterMs = 0 } = error
        if (tries === mostTries || retryAfterMs > longestWaitMs) throw error
        most = 1
        notBefore = Math.max(notBefore, uptime() + backoffMs(tries, error))
      } finally {
        underWay -= 1
        next()
      }
    }
  }
}
