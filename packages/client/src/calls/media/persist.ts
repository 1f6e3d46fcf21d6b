import type { Connection } from '../../connection/connection.ts'
import { backoffMs } from '../../connection/retry.ts'
import { isRequestError } from '../../errors.ts'

/** How often the server may fail while it is connected; a lost connection does not count. */
const mostFailures = 4

/**
 * Repeats a request until the server has answered it: later, and once the connection is back. The server recognises the
 * repetition. Rejects with what a repetition does not mend, or with the last failure once the call is over.
 */
export async function persist<T>(
  connection: Connection,
  over: AbortSignal,
  ask: () => Promise<T>,
  most = mostFailures,
): Promise<T> {
  for (let failures = 1; ; ) {
    try {
      return await ask()
    } catch (error) {
      if (!isRequestError(error) || !error.retryable || failures >= most) throw error
      if (!connection.socket.connected) await untilUp(connection, over)
      else await pause(backoffMs(failures++, error), over)
      if (over.aborted) throw error
    }
  }
}

function untilUp({ watch, socket }: Connection, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const idle = (): void => undefined
    // A watcher may be called while it is added.
    const onUp = (): void => (socket.connected ? queueMicrotask(finish) : undefined)
    const stop = watch({ onUp, onDown: idle, onRefused: idle })
    if (over.aborted) queueMicrotask(finish)
    over.addEventListener('abort', finish, { once: true })

    function finish(): void {
      over.removeEventListener('abort', finish)
      stop()
      resolve()
    }
  })
}

/** Waits, but not any longer than the call lasts. */
function pause(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms)
    over.addEventListener('abort', finish, { once: true })

    function finish(): void {
      clearTimeout(timer)
      over.removeEventListener('abort', finish)
      resolve()
    }
  })
}
