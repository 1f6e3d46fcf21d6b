import type { Store } from '../../stores/store.ts'

/** Opens the case's own place, which is empty at first. */
export type OpenStore = () => Promise<Store>

/**
 * A program and its arguments: it opens the case's place in a process of its own and calls
 * `writeUntilKilled(store)`.
 */
export type Writer = readonly [file: string, ...args: string[]]

/** A rule that every store must keep. Needs no test runner: `run` rejects with an error that names the broken rule. */
export interface StoreCase {
  readonly title: string
  /** Closes the place and opens it again: only for stores that keep data. */
  readonly reopens?: true
  /** Opens the place several times at once: only for stores that several servers can share. */
  readonly shares?: true
  /** Kills processes that write, and needs `writer`: only for stores that lose nothing they have acknowledged. */
  readonly durable?: true
  run(open: OpenStore, writer?: Writer): Promise<void>
}

/** A case that opens one store once. */
export function oneStore(title: string, run: (store: Store) => Promise<void>): StoreCase {
  return { title, run: (open) => withStore(open, run) }
}

/** A case that opens a store, closes it and opens it again. `before` resolves to what `after` needs. */
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

/** A case that opens the same place as three stores. */
export function threeStores(title: string, run: (stores: readonly Store[]) => Promise<void>): StoreCase {
  const runAll = (open: OpenStore) =>
    withStore(open, (a) => withStore(open, (b) => withStore(open, (c) => run([a, b, c]))))
  return { title, shares: true, run: runAll }
}

/** Opens a store for a function, and closes it even if the function fails. */
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
