import { isRequestError } from './errors.ts'

const firstMs = 500
const mostMs = 16_000

/** What says how long to wait at least. */
interface RetryHint {
  readonly retryAfterMs?: number | undefined
}

/**
 * How long to wait after so many failures in a row: twice as long each time, and longer where the server says so. Random,
 * so that clients that fail together do not return together.
 */
export function backoffMs(failures: number, { retryAfterMs = 0 }: RetryHint = {}): number {
  const ownMs = Math.min(firstMs * 2 ** (failures - 1), mostMs)
  return retryAfterMs + ownMs * (0.5 + Math.random() / 2)
}

/** Repeats a request once if the server does not answer in time. The server recognises the repetition by its `cid` or id. */
export async function retryTimeout<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isRequestError(error) || error.code !== 'timeout') throw error
    await new Promise((resolve) => setTimeout(resolve, backoffMs(1, error)))
    return ask()
  }
}
