import type { Store } from '../../stores/store.ts'

/** Opens the case's own place, empty at first. */
export type OpenStore = () => Promise<Store>

/**
 * A program and its arguments, which opens the case's place in a process of its own and calls
 * `writeUntilKilled(store)`.
 */
export type Writer = readonly [file: string, ...args: string[]]

/** Something that every store must do, without a test runner: `run` rejects where it does not, and says which rule. */
export interface StoreCase {
  readonly title: string
  /** Closes and opens the same place again: for a store that keeps something. */
  readonly reopens?: true
  /** Opens the same place several times at once: for a store that lets several servers in. */
  readonly shares?: true
  /** Kills processes that write, and needs `writer`: for a store that keeps what its process was told is stored. */
  readonly durable?: true
  run(open: OpenStore, writer?: Writer): Promise<void>
}

/** A case of one store that is opened once. */
export function oneStore(title: string, run: (store: Store) => Promise<void>): StoreCase {
  return { title, run: (open) => withStore(open, run) }
}

/** A case of a store before and after it is closed and opened again; the first part answers what the second needs. */
export function reopened<Known>(
  title: string,
  before: (store: Store) => Promise<Known>,
  after: (store: Store, known: Known) => Promise<void>,
): StoreCase {
  return {
    title,
    reopens: true,
    async run(open) {
      const known = await withStore(open, before)
      await withStore(open, (store) => after(store, known))
    },
  }
}

/** A case of three stores that are open at the same place. */
export function threeStores(title: string, run: (stores: readonly Store[]) => Promise<void>): StoreCase {
  const runAll = (open: OpenStore) =>
    withStore(open, (a) => withStore(open, (b) => withStore(open, (c) => run([a, b, c]))))
  return { title, shares: true, run: runAll }
}

/** Opens a store, and closes it whatever happens. */
export async function withStore<Result>(
  open: OpenStore,
  run: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await open()
  try {
    return await run(store)
  } finally {
    await store.close()
  }
}
