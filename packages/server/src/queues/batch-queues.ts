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

/** What waits for its turn under one key. */
interface Waiting<Item> {
  readonly tasks: Task<Item>[]
  /** Steps that go before the tasks. */
  readonly first: Step[]
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
  /** Of the keys that are busy. */
  readonly #waiting = new Map<string, Waiting<Item>>()
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

  /**
   * Runs a function before everything that waits; the key's batch need not have waited its time. Of several, only the first
   * comes before a task that is ready: those that come again and again keep nothing from its turn.
   */
  stepFirst<T>(key: Key, step: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waitingUnder(key).first.push(() => step().then(resolve, reject))
      this.#nudges.get(this.#nameOf(key))?.()
    })
  }

  /** How many tasks wait or run. */
  get length(): number {
    let length = 0
    for (const { tasks, first } of this.#waiting.values()) length += tasks.length + first.length
    return length
  }

  /** Resolves when nothing is queued. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** Resolves when everything that is queued now has run. */
  async settled(): Promise<void> {
    const lists = [...this.#waiting.values()].flatMap(({ tasks, first }) => [tasks, first])
    await Promise.all(lists.map((list) => new Promise<void>((resolve) => list.push(async () => resolve()))))
  }

  #enqueue(key: Key, task: Task<Item>): void {
    this.#waitingUnder(key).tasks.push(task)
  }

  /** What waits under a key, where it is run as soon as something does. */
  #waitingUnder(key: Key): Waiting<Item> {
    const name = this.#nameOf(key)
    const known = this.#waiting.get(name)
    if (known) return known
    const waiting: Waiting<Item> = { tasks: [], first: [] }
    this.#waiting.set(name, waiting)
    const run = this.#drain(key, name, waiting).finally(() => this.#running.delete(run))
    this.#running.add(run)
    return waiting
  }

  async #drain(key: Key, name: string, { tasks, first }: Waiting<Item>): Promise<void> {
    // Two turns, so that requests in the packets that are read next join the batch.
    await turn()
    await turn()
    for (let wasFirst = false; tasks.length + first.length > 0; ) {
      const wait = tasks[0] && 'item' in tasks[0] ? this.#wait?.(key) : undefined
      if (first.length > 0 && (wait || !wasFirst || tasks.length === 0)) {
        await first.shift()?.()
        wasFirst = true
        continue
      }
      if (wait) await this.#nudgedOr(wait, name)
      if (wait && first.length > 0) continue
      wasFirst = false
      const items = takeItems(tasks, this.#sizeOf)
      if (items.length > 0) await this.#runBatch(key, items)
      else await Promise.all(takeSteps(tasks).map((step) => step()))
    }
    this.#waiting.delete(name)
  }

  /** Waits, unless a step comes that goes first. */
  async #nudgedOr(waiting: Promise<void>, name: string): Promise<void> {
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
