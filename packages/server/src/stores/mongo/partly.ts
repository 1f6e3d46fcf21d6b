/** Work of many steps, each of which counts: what some have written is answered, or nobody would ever be told of it. */
export class Partly {
  #failure: { readonly error: unknown } | undefined

  /** Whether a step has failed: then no further ones are begun. */
  get isFailing(): boolean {
    return this.#failure !== undefined
  }

  /** Runs a step; answers undefined where it fails. Never rejects, whoever waits for it, and when. */
  async step<Answer>(run: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await run()
    } catch (error) {
      this.#failure ??= { error }
      return undefined
    }
  }

  /** What was done. @throws what has failed, where nothing was */
  answer<One>(done: readonly One[]): readonly One[] {
    if (done.length === 0 && this.#failure) throw this.#failure.error
    return done
  }
}
