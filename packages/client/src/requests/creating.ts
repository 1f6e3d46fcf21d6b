import type { ClientRequestName, PayloadOf } from '@dowellchat/protocol'
import type { Connection } from '../connection/connection.ts'
import { backoffMs } from '../connection/retry.ts'
import { uptime } from '../connection/uptime.ts'
import { isRequestError } from '../errors.ts'
import { uuid } from '../uuid.ts'

/**
 * What something new is created from. One `cid` is one intention: creating with it again answers what there is already.
 * Without one, each call creates another.
 */
export type Draft<K extends ClientRequestName> = Omit<PayloadOf<K>, 'cid' | 'client_created_at'> & {
  readonly cid?: string
}

const mostTries = 4
const longestMs = 30_000

/**
 * Sends a request that creates something, and again under the same cid while the server does not answer, or there is no
 * connection: a few times within half a minute. Then it rejects, and whoever asks may do so again with that cid.
 */
export async function create<D extends { readonly cid?: string }, T>(
  connection: Connection,
  draft: D,
  ask: (payload: D & { readonly cid: string }) => Promise<T>,
): Promise<T> {
  const payload = { ...draft, cid: draft.cid ?? uuid() }
  return untilAnswered(connection, () => ask(payload))
}

/** Sends a request that may be repeated, as `create` does. */
export async function untilAnswered<T>(connection: Connection, ask: () => Promise<T>): Promise<T> {
  const end = uptime() + longestMs
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      // Requests that the server refuses for now are repeated already.
      const mayHelp = isRequestError(error) && error.retryable && error.code !== 'rate_limited'
      if (!mayHelp || tries === mostTries || !(await isOnline(connection, end))) throw error
      await new Promise((resolve) => setTimeout(resolve, backoffMs(tries, error)))
    }
  }
}

/** Waits for the connection, until a time, or until it is given up. */
function isOnline(connection: Connection, end: number): Promise<boolean> {
  return new Promise((resolve) => {
    // By itself, since a timer may be a moment early.
    const timer = setTimeout(() => settle(false), end - uptime())
    const stop = connection.subscribe(look)
    function settle(isUp: boolean): void {
      clearTimeout(timer)
      stop()
      resolve(isUp)
    }
    function look(): void {
      const { status } = connection.getSnapshot()
      if (status !== 'connecting' && status !== 'offline') settle(status === 'online' && uptime() < end)
    }
    look()
  })
}
