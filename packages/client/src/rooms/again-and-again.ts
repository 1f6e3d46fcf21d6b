import type { Connection } from '../connection/connection.ts'
import { together } from '../live/stops.ts'

/** Calls a function every so many milliseconds while the client is connected, so that nothing runs once it is closed; the answer stops it. */
export function againAndAgain(
  { watch }: Pick<Connection, 'watch'>,
  ms: number,
  call: () => void,
): () => void {
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = (): void => clearInterval(timer)
  function start(): void {
    stop()
    timer = setInterval(call, ms)
  }
  return together(watch({ onUp: start, onDown: stop, onRefused: stop }), stop)
}
