/** Runs the tasks of one key one after the other; tasks of different keys run concurrently. */
export class SerialQueues {
  readonly #tails = new Map<string, Promise<unknown>>()
  /** How many tasks wait or run. */
  length = 0

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    this.length += 1
    const result = before.then(task)
    const tail = result
      .catch(() => undefined)
      .then(() => {
        this.length -= 1
        if (this.#tails.get(key) === tail) this.#tails.delete(key)
      })
    this.#tails.set(key, tail)
    return result
  }

  /** Resolves when all tasks so far are done. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values())
  }
}
