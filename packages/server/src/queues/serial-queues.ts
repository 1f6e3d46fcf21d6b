/** Runs the tasks of one key one after the other, and those of different keys side by side. */
export class SerialQueues {
  readonly #tails = new Map<string, Promise<unknown>>()

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const result = before.then(task)
    const tail = result
      .catch(() => undefined)
      .then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key)
      })
    this.#tails.set(key, tail)
    return result
  }

  /** Resolves when everything that was asked for so far is done. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values())
  }
}
