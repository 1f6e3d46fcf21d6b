type Task = () => Promise<void>

/**
 * Runs the tasks of one key one after the other, those of different keys concurrently. Where several ask for the tasks of a key,
 * they take turns, so that nobody waits for all the tasks of another; the tasks of one of them run in their order.
 */
export class FairQueues {
  /** For each key, who has tasks that wait, in the order of their turns. */
  readonly #turns = new Map<string, Map<string, Task[]>>()
  readonly #running = new Map<string, Promise<void>>()
  /** How many tasks wait or run. */
  length = 0

  run<T>(key: string, task: () => Promise<T>, asker = ''): Promise<T> {
    this.length += 1
    return new Promise<T>((resolve, reject) => {
      const turns = this.#turnsOf(key)
      const tasks = turns.get(asker) ?? []
      // Sets it only if it is new: whoever has tasks already keeps their turn.
      turns.set(asker, tasks)
      // Also what a task throws before it has begun is its own: the others go on.
      const begun = async () => task()
      tasks.push(() => begun().then(resolve, reject))
    })
  }

  /** Resolves when all tasks so far are done. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  #turnsOf(key: string): Map<string, Task[]> {
    const known = this.#turns.get(key)
    if (known) return known
    const turns = new Map<string, Task[]>()
    this.#turns.set(key, turns)
    this.#running.set(key, this.#runAll(key, turns))
    return turns
  }

  async #runAll(key: string, turns: Map<string, Task[]>): Promise<void> {
    await undefined
    // Who is set again during the walk is walked to again.
    for (const [asker, tasks] of turns) {
      turns.delete(asker)
      const task = tasks.shift()
      if (tasks.length > 0) turns.set(asker, tasks)
      await task?.()
      this.length -= 1
    }
    this.#turns.delete(key)
    this.#running.delete(key)
  }
}
