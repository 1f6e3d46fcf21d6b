/** Lets everything that is ready run first: answers are sent, and requests that have arrived join the batch. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Step = () => Promise<void>
type Task<Item> = { readonly item: Item } | { readonly beside: Step } | Step

const batchLimit = 200
const besideLimit = 32

interface BatchOptions<Key, Item> {
  /** How much of a batch's limit an item takes. */
  readonly sizeOf?: (item: Item) => number
  /** What a batch waits for, while it grows; undefined where it may run now. Must not reject. */
  readonly wait?: (key: Key) => Promise<void> | undefined
}

/**
 * One serial queue per key. Consecutive items run as one batch: those that arrive within two turns, and those that arrive
 * while the batch before is running. No timer waits for more, unless `wait` does. Consecutive steps that may run beside each
 * other do.
 */
export class BatchQueues<Key, Item> {
  readonly #nameOf: (key: Key) => string
  readonly #runBatch: (key: Key, items: readonly Item[]) => Promise<void>
  readonly #sizeOf: (item: Item) => number
  readonly #wait: BatchOptions<Key, Item>['wait']
  /** The tasks of the keys that are busy. */
  readonly #tasks = new Map<string, Task<Item>[]>()
  readonly #running = new Set<Promise<void>>()
  /** Ends a batch's wait. */
  readonly #nudges = new Map<string, () => void>()

  /** Neither `runBatch` nor a step may reject. */
  constructor(
    nameOf: (key: Key) => string,
    runBatch: (key: Key, items: readonly Item[]) => Promise<void>,
    { sizeOf = () => 1, wait }: BatchOptions<Key, Item> = {},
  ) {
    this.#nameOf = nameOf
    this.#runBatch = runBatch
    this.#sizeOf = sizeOf
    this.#wait = wait
  }

  add(key: Key, item: Item): void {
    this.#enqueue(key, { item })
  }

  /** Runs a function in its place between the items. */
  step<T>(key: Key, step: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.#enqueue(key, () => step().then(resolve, reject)))
  }

  /** As `step`; it may run beside others of its kind, between the items and the other steps. */
  stepBeside<T>(key: Key, step: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) =>
      this.#enqueue(key, { beside: () => step().then(resolve, reject) }),
    )
  }

  /** Runs a function before everything that waits; the key's batch need not have waited its time. */
  stepFirst<T>(key: Key, step: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.#enqueue(key, () => step().then(resolve, reject), true))
  }

  /** How many tasks wait or run. */
  get length(): number {
    let length = 0
    for (const tasks of this.#tasks.values()) length += tasks.length
    return length
  }

  /** Resolves when nothing is queued. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** Resolves when everything that is queued now has run. */
  async settled(): Promise<void> {
    const queues = [...this.#tasks.values()]
    await Promise.all(
      queues.map((tasks) => new Promise<void>((resolve) => tasks.push(async () => resolve()))),
    )
  }

  #enqueue(key: Key, task: Task<Item>, isFirst = false): void {
    const name = this.#nameOf(key)
    const waiting = this.#tasks.get(name)
    if (waiting) {
      if (isFirst) waiting.unshift(task)
      else waiting.push(task)
      if (isFirst) this.#nudges.get(name)?.()
      return
    }
    const tasks = [task]
    this.#tasks.set(name, tasks)
    const run = this.#drain(key, name, tasks).finally(() => this.#running.delete(run))
    this.#running.add(run)
  }

  async #drain(key: Key, name: string, tasks: Task<Item>[]): Promise<void> {
    // Two turns, so that requests in the packets that are read next join the batch.
    await turn()
    await turn()
    while (tasks.length > 0) {
      if (tasks[0] && 'item' in tasks[0]) await this.#waitFor(key, name)
      const items = takeItems(tasks, this.#sizeOf)
      if (items.length > 0) await this.#runBatch(key, items)
      else await Promise.all(takeSteps(tasks).map((step) => step()))
    }
    this.#tasks.delete(name)
  }

  /** Waits with a batch, unless a step comes that goes first. */
  async #waitFor(key: Key, name: string): Promise<void> {
    const waiting = this.#wait?.(key)
    if (!waiting) return
    const nudged = new Promise<void>((resolve) => this.#nudges.set(name, resolve))
    await Promise.race([waiting, nudged])
    this.#nudges.delete(name)
  }
}

/** Takes the items up to the first step off the queue. */
function takeItems<Item>(tasks: Task<Item>[], sizeOf: (item: Item) => number): Item[] {
  const items: Item[] = []
  let size = 0
  for (const task of tasks) {
    if (!('item' in task)) break
    size += sizeOf(task.item)
    if (items.length > 0 && size > batchLimit) break
    items.push(task.item)
  }
  tasks.splice(0, items.length)
  return items
}

/** Takes the steps that run now off a queue that begins with one. */
function takeSteps<Item>(tasks: Task<Item>[]): Step[] {
  const steps: Step[] = []
  for (const task of tasks) {
    if (typeof task === 'function') {
      if (steps.length === 0) steps.push(task)
      break
    }
    if (!('beside' in task) || steps.length === besideLimit) break
    steps.push(task.beside)
  }
  tasks.splice(0, steps.length)
  return steps
}
