const firstMs = 1_000
const mostMs = 16_000

/** What says how long to wait at least. */
interface RetryHint {
  readonly retryAfterMs?: number | undefined
}

/**
 * How long to wait after so many failures in a row: any time up to a second, up to twice as long with each failure, and
 * that much longer than the server says. Random, so that clients that fail together do not return together.
 */
export function backoffMs(failures: number, { retryAfterMs = 0 }: RetryHint = {}, most = mostMs): number {
  return retryAfterMs + Math.random() * Math.min(firstMs * 2 ** (failures - 1), most)
}
