import { countedCache } from '../counted-cache.ts'
import { StoreUnavailableError } from '../stores/store.ts'

const mostDoubts = 10_000
/** Longer than a client repeats a request. */
const keptMs = 120_000

/**
 * The steps of which the store did not say whether they were done. Whoever repeats one here has to announce what the first
 * try may have stored, since that try has announced nothing.
 */
export class Doubts {
  readonly #open = countedCache<string, true>(mostDoubts, keptMs)

  /** Runs a step; answers also whether an earlier try of it was left in doubt. @param name the same for all its tries */
  async settle<Outcome>(
    name: string,
    run: () => Promise<Outcome>,
  ): Promise<{ readonly outcome: Outcome; readonly wasInDoubt: boolean }> {
    try {
      const outcome = await run()
      return { outcome, wasInDoubt: this.#open.delete(name) }
    } catch (error) {
      if (error instanceof StoreUnavailableError) this.#open.set(name, true)
      throw error
    }
  }
}
