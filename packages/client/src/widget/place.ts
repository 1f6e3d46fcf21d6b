import type { PayloadOf } from '@dowellchat/protocol'
import { estimateWait } from '@dowellchat/protocol/core'
import type { ChatClient } from '../client.ts'
import { isRequestError } from '../errors.ts'
import { type Estimate, movedEstimate } from './moved-estimate.ts'

/** A place in a line. */
export interface Place {
  readonly ahead: number
  /** Minutes from now, at least and at most; null where nobody can say, which `reason` explains. */
  readonly wait: { readonly low: number; readonly high: number } | null
  readonly reason: string | null
  /** When people work again, where they do not now. */
  readonly opensAt: string | null
}

/** How often the minutes are counted down. */
const tickMs = 15_000
const againMs = 5_000

/**
 * Follows a ticket's place in its line, or that of one which would be opened now. `show` gets null where it has none: it was
 * answered, or nobody knows. The answer ends it.
 */
export function followPlace(
  client: ChatClient,
  about: PayloadOf<'get_estimate'>,
  show: (place: Place | null) => void,
): () => void {
  let estimate: Estimate | null = null
  /** When the estimate was made, on this machine's clock: that of the server may be another. */
  let since = 0
  let asked = 0
  let again: ReturnType<typeof setTimeout> | undefined

  function take(next: Estimate | null): void {
    if (next !== estimate) since = Date.now()
    estimate = next
    tell()
  }

  function tell(): void {
    show(estimate && placeOf(estimate, (Date.now() - since) / 60_000))
  }

  async function ask(): Promise<void> {
    clearTimeout(again)
    asked += 1
    const mine = asked
    try {
      const answer = await client.request.get_estimate(about)
      if (mine === asked) take(answer)
    } catch (error) {
      if (mine !== asked) return
      const isLater = isRequestError(error) && error.retryable
      if (!isLater) take(null)
      else if (client.connection.getSnapshot().status === 'online') again = setTimeout(ask, againMs)
    }
  }

  let isOnline = false
  function look(): void {
    const { status } = client.connection.getSnapshot()
    // What was pushed while there was no connection is not known.
    if (status === 'online' && !isOnline) void ask()
    isOnline = status === 'online'
  }

  const stops = [
    client.connection.subscribe(look),
    client.on.line_moved((moved) => {
      if (estimate?.line !== moved.line) return
      const next = movedEstimate(estimate, moved)
      if (next) take(next)
      else void ask()
    }),
  ]
  const timer = setInterval(tell, tickMs)
  look()
  return () => {
    asked += 1
    clearInterval(timer)
    clearTimeout(again)
    for (const stop of stops) stop()
  }
}

/** @param gone minutes since the estimate was made */
export function placeOf({ ahead, speed, reason, opens_at }: Estimate, gone: number): Place {
  const wait = reason === null ? estimateWait(ahead, speed as Parameters<typeof estimateWait>[1]) : null
  return {
    ahead,
    wait: wait && { low: Math.max(0, wait.low - gone), high: Math.max(0, wait.high - gone) },
    reason: reason ?? (wait ? null : 'nobody_online'),
    opensAt: opens_at,
  }
}
