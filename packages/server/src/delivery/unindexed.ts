import { type StreamKey, streamId } from '../stores/store.ts'

/** What is known of a stream that has something to index. */
export interface Unindexed {
  readonly key: StreamKey
  /** Nothing that is older is missing from the index, in milliseconds since 1970; 0 where it was found to be behind. */
  readonly since: number
  /** How often it could not be indexed. */
  readonly failures: number
}

/** Of more, the next look through all streams finds what is missing. */
const mostGivenUp = 10_000

/**
 * Streams that have something to index: those that have just grown, and behind them those that were found to be behind. Of
 * each the one that has waited longest comes first, so that a long stream does not hold up the others.
 */
export class UnindexedStreams {
  readonly #grown = new Map<string, Unindexed>()
  readonly #found = new Map<string, Unindexed>()
  readonly #givenUp = new Map<string, Unindexed>()
  #taken: readonly Unindexed[] = []

  get size(): number {
    return this.#grown.size + this.#found.size
  }

  /** How many wait, or are being indexed, that were found to be behind. */
  get found(): number {
    return this.#found.size + this.#taken.filter(isFound).length
  }

  grew(key: StreamKey, since: number): void {
    const id = streamId(key)
    if (!this.#grown.has(id)) this.#grown.set(id, { key, since, failures: 0 })
    this.#retry(id)
  }

  find(key: StreamKey): void {
    const id = streamId(key)
    this.#found.set(id, { key, since: 0, failures: 0 })
    this.#retry(id)
  }

  /** Takes out those that are next; `putBack` ends it. */
  take(most: number): readonly Unindexed[] {
    const taken = [...this.#grown.values(), ...this.#found.values()].slice(0, most)
    for (const one of taken) (isFound(one) ? this.#found : this.#grown).delete(streamId(one.key))
    this.#taken = taken
    return taken
  }

  /** Puts those back that have more to index. */
  putBack(some: readonly Unindexed[]): void {
    this.#taken = []
    // One may have grown again meanwhile, which is later.
    for (const one of some) (isFound(one) ? this.#found : this.#grown).set(streamId(one.key), one)
  }

  /** Leaves some alone until they grow, are found or `retry` is called. They stay missing from the index until then. */
  giveUp(some: readonly Unindexed[]): void {
    for (const one of some)
      if (this.#givenUp.size < mostGivenUp) this.#givenUp.set(streamId(one.key), { ...one, failures: 0 })
  }

  /** Takes up again what was given up. */
  retry(): void {
    for (const id of this.#givenUp.keys()) this.#retry(id)
  }

  /** Since when messages of a workspace are missing from the index; undefined where none is. */
  oldestOf(workspaceId: string): number | undefined {
    let oldest: number | undefined
    const waiting = [this.#found, this.#grown, this.#givenUp].flatMap((some) => [...some.values()])
    for (const { key, since } of [...waiting, ...this.#taken])
      if (key.workspace_id === workspaceId && since < (oldest ?? Number.POSITIVE_INFINITY)) oldest = since
    return oldest
  }

  #retry(id: string): void {
    const one = this.#givenUp.get(id)
    if (!one) return
    this.#givenUp.delete(id)
    // It is missing for longer than what has come since.
    ;(isFound(one) ? this.#found : this.#grown).set(id, one)
  }
}

function isFound({ since }: Unindexed): boolean {
  return since === 0
}
