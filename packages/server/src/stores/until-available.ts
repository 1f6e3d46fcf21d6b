import { setTimeout as pause } from 'node:timers/promises'
import { isUnavailable } from './is-unavailable.ts'

const retryMs = 500

/**
 * Does something again while the store is unavailable, for some time: it may be busy with clients of other servers.
 * @param goesOn whether it is tried again at all
 */
export async function untilAvailable<T>(
  forMs: number,
  task: () => Promise<T>,
  goesOn = (): boolean => true,
): Promise<T> {
  const end = performance.now() + forMs
  for (;;) {
    try {
      return await task()
    } catch (error) {
      if (!isUnavailable(error) || !goesOn() || performance.now() + retryMs > end) throw error
      await pause(retryMs)
    }
  }
}
