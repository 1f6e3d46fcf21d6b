import { StoreUnavailableError } from '../../../packages/server/src/stores/store.ts'

/** Repeats work that has a cid while the store is unavailable, as a client does. Counts the retries. */
export async function again<T>(work: () => Promise<T>): Promise<{ value: T; retries: number }> {
  for (let retries = 0; ; retries += 1) {
    try {
      return { value: await work(), retries }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
    }
  }
}
