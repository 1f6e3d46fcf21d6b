import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { useChatClient } from './chat-provider.tsx'

/** What is left until a time. All numbers are 0 once it has come. */
export interface UseCountdown {
  /** Whole seconds that are left; null where there is no time to count to. */
  readonly seconds: number | null
  /** The same in minutes, rounded up. */
  readonly minutes: number | null
  /** As a clock: `4:05`, or `1:04:05`; '' where there is no time to count to. */
  readonly text: string
  /** Whether the time has come. */
  readonly isOver: boolean
}

/**
 * Counts down to a time of the server’s, second by second, whatever this device’s clock says. Renders once a second until then.
 * @param until is an ISO 8601 time, as `queue.expectedAt` and a ticket’s `target.due_at` are; null counts nothing
 * @example
 * const { text, isOver } = useCountdown(ticket.target?.due_at ?? null)
 * // <span>{isOver ? 'Late' : text}</span>
 */
export function useCountdown(until: string | null): UseCountdown {
  const { now, connection } = useChatClient()
  const end = until === null ? Number.NaN : Date.parse(until)
  const left = useCallback(() => secondsUntil(end, now()), [end, now])
  const subscribe = useCallback(
    (listener: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      function wait(): void {
        const rest = end - now()
        // Until the next whole second; `setTimeout` may be a little early.
        if (rest > 0) timer = setTimeout(tick, (rest % 1_000 || 1_000) + 5)
      }
      function tick(): void {
        listener()
        wait()
      }
      wait()
      // What the server's clock says is known once there is a connection.
      const stop = connection.subscribe(() => {
        clearTimeout(timer)
        tick()
      })
      return () => {
        stop()
        clearTimeout(timer)
      }
    },
    [end, now, connection],
  )
  const seconds = useSyncExternalStore(subscribe, left, none)
  return useMemo(() => shown(seconds), [seconds])
}

/** What a server renders: its clock is not the reader's. */
const none = (): null => null

function secondsUntil(end: number, now: number): number | null {
  return Number.isNaN(end) ? null : Math.max(0, Math.ceil((end - now) / 1_000))
}

function shown(seconds: number | null): UseCountdown {
  if (seconds === null) return { seconds, minutes: null, text: '', isOver: false }
  const hours = Math.floor(seconds / 3_600)
  const clock = new Date(seconds * 1_000).toISOString().slice(14, 19)
  const text = hours > 0 ? `${hours}:${clock}` : clock.replace(/^0/, '')
  return { seconds, minutes: Math.ceil(seconds / 60), text, isOver: seconds === 0 }
}
