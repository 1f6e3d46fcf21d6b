import { isPage, type Operation } from './operations.ts'

/** An operation that has been submitted and not answered. */
export interface Waiting {
  readonly operation: Operation
  readonly since: number
  resolve(value: unknown): void
  reject(error: Error): void
  /** Its caller was refused while it was under way. */
  isLate?: true
}

const mostOperations = 1_000
const mostPages = 8

/**
 * The operations that wait for the batch in flight. Pages are read in batches of their own, some at a time: whoever writes, or reads
 * one row, waits for these and not for all that are asked for. A page is never read before what was submitted before it.
 */
export class WaitingOperations {
  readonly #pages: Waiting[] = []
  readonly #others: Waiting[] = []
  #isPagesTurn = false

  get length(): number {
    return this.#pages.length + this.#others.length
  }

  /** Since when the first has waited; infinite where none waits. */
  get since(): number {
    return Math.min(sinceOf(this.#pages), sinceOf(this.#others))
  }

  add(one: Waiting): void {
    const queue = isPage(one.operation) ? this.#pages : this.#others
    queue.push(one)
  }

  /** Takes the next batch. */
  take(): Waiting[] {
    const before = sinceOf(this.#others)
    const isPagesTurn = this.#isPagesTurn || this.#others.length === 0
    const due = isPagesTurn ? this.#pages.slice(0, mostPages).filter(({ since }) => since < before) : []
    this.#isPagesTurn = due.length === 0
    if (due.length === 0) return this.#others.splice(0, mostOperations)
    return this.#pages.splice(0, due.length)
  }

  /** Takes what has waited since then or longer. */
  takeUntil(time: number): Waiting[] {
    return [this.#others, this.#pages].flatMap((queue) => {
      const later = queue.findIndex(({ since }) => since > time)
      return queue.splice(0, later < 0 ? queue.length : later)
    })
  }
}

function sinceOf([first]: readonly Waiting[]): number {
  return first?.since ?? Number.POSITIVE_INFINITY
}
