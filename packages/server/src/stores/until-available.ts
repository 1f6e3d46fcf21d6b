import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailableError } from './store.ts'

const retryMs = 500

/** Does something again while the store is unavailable, for some time: it may be busy with clients of other servers. */
export async function untilAvailable<T>(forMs: number, task: () => Promise<T>): Promise<T> {
  const end = performance.now() + forMs
  for (;;) {
    try {
      return await task()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || performance.now() + retryMs > end) throw error
      await pause(retryMs)
    }
  }
}
