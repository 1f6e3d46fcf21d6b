/** Counts work that is under way. */
export class UnderWay {
  #count = 0
  readonly #waiting: (() => void)[] = []

  get count(): number {
    return this.#count
  }

  /** @param work never rejects */
  track(work: Promise<void>): void {
    this.#count += 1
    void work.then(this.#onDone)
  }

  /** Resolves once nothing is under way. */
  async idle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  readonly #onDone = (): void => {
    this.#count -= 1
    if (this.#count === 0) for (const resume of this.#waiting.splice(0)) resume()
  }
}
