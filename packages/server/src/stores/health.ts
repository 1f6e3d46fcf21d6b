/** A row that cannot be read as what it was written. */
export interface DamagedRow {
  /** Null where that cannot be read either. */
  readonly workspace_id: string | null
  /** Its table or collection. */
  readonly collection: string
  /** Where it is: its stream and seq, or its id. Never a text. */
  readonly place: string
  readonly problem: string
}

/** How a store is. `problem` says in words what is wrong with it; null if nothing is known to be. */
export interface StoreHealth {
  /** Whether the last reads were answered. */
  readonly reads: boolean
  /** Whether the last writes were kept. */
  readonly writes: boolean
  readonly problem: string | null
  /** How many damaged rows were met since the store was opened. */
  readonly damaged: number
}

type Listener = (row: DamagedRow) => void

const remembered = 10_000

/** Counts damaged rows, and tells of each one once. */
export class DamagedRows {
  readonly #known = new Set<string>()
  readonly #listeners: Listener[] = []
  #count = 0

  /** How many different ones were met. Beyond 10,000 of them, a row that is met again may count twice. */
  get count(): number {
    return this.#count
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener)
  }

  add(row: DamagedRow): void {
    const name = `${row.workspace_id}\n${row.collection}\n${row.place}`
    if (this.#known.has(name)) return
    if (this.#known.size >= remembered) this.#known.clear()
    this.#known.add(name)
    this.#count += 1
    for (const listener of this.#listeners) listener(row)
  }
}
