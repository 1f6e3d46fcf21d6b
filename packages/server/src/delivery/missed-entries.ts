import type { Logger } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { turn } from '../queues/batch-queues.ts'
import { within } from '../queues/within.ts'
import { type KnownEnd, mostKnown, type StreamKey, type StreamStore } from '../stores/store.ts'
import type { Streams } from './streams.ts'

interface MissedEntriesParts {
  readonly store: Pick<StreamStore, 'grown' | 'ends'>
  readonly streams: Pick<Streams, 'ends' | 'follow' | 'catchUp' | 'onBehind' | 'doubted' | 'resolveDoubt'>
  readonly nodes: Pick<Nodes, 'onMissed' | 'onLeft'>
  readonly logger: Logger
}

/** Rounds begin so long after each other, and after one that failed. */
const betweenMs = 500
const afterFailureMs = 1_000
/** How many streams are looked through before everything else has its turn. */
const slice = 500
/** How many questions to the store are under way at once. */
const lanes = 4
/** How many streams each of them reads on at once, and for how long it waits for these. */
const reading = 16
const patienceMs = 500

/**
 * Finds what other servers have appended without being heard, and what this one has appended without being answered. Whenever
 * something may have been missed the store is asked which of the streams that sockets here are subscribed to have grown; while
 * everything is heard it is asked nothing. Where a server has ended, what it has left half done is completed.
 */
export class MissedEntries {
  readonly #parts: MissedEntriesParts
  #isWanted = false
  #isStopped = false
  #isFailing = false
  /** Whether a server has ended, which may have left a removal or change half done. */
  #isLeft = false
  #round: Promise<void> | undefined
  #lastAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(parts: MissedEntriesParts) {
    this.#parts = parts
    parts.nodes.onMissed(() => this.#want())
    // Those who hear of it want a round, too.
    parts.nodes.onLeft(() => (this.#isLeft = true))
    parts.streams.onBehind(() => this.#want(afterFailureMs))
  }

  /** Resolves once nothing is asked any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#round
  }

  #want(afterMs = 0): void {
    this.#isWanted = true
    if (this.#isStopped || this.#round || this.#timer) return
    const waitMs = Math.max(afterMs, this.#lastAt + betweenMs - performance.now())
    if (waitMs <= 0) this.#begin()
    else this.#timer = setTimeout(() => this.#begin(), waitMs).unref()
  }

  #begin(): void {
    this.#timer = undefined
    this.#isWanted = false
    this.#lastAt = performance.now()
    this.#round = this.#look().then((failed) => {
      this.#round = undefined
      if (failed || this.#isWanted) this.#want(failed ? afterFailureMs : 0)
    })
  }

  /** Asks for all streams that are heard; answers whether it has failed. */
  async #look(): Promise<boolean> {
    const { store, streams } = this.#parts
    const isLeft = this.#isLeft
    this.#isLeft = false
    try {
      for (const key of streams.ends.unfollowed()) await streams.follow(key)
      const batches = this.#batches()
      const lane = async (): Promise<void> => {
        for await (const known of batches) {
          // Asking where streams end completes what was left half done.
          if (isLeft) await store.ends(known)
          await this.#readOn(await store.grown(known), (key) => streams.catchUp(key))
        }
      }
      const results = await Promise.allSettled([
        ...Array.from({ length: lanes }, lane),
        this.#readOn(streams.doubted, (known) => streams.resolveDoubt(known)),
      ])
      for (const result of results) if (result.status === 'rejected') throw result.reason
      this.#isFailing = false
      return false
    } catch (error) {
      // Said once, not every second.
      if (!this.#isFailing)
        this.#parts.logger.error({ error }, 'What other servers have appended cannot be read')
      this.#isFailing = true
      this.#isLeft ||= isLeft
      return true
    }
  }

  /** Reads on a few at a time. A stream whose queue is held up holds up no others. */
  async #readOn<Key extends StreamKey>(
    keys: readonly Key[],
    read: (key: Key) => Promise<void>,
  ): Promise<void> {
    for (let from = 0; from < keys.length && !this.#isStopped; from += reading) {
      const some = keys.slice(from, from + reading)
      await within(patienceMs, Promise.all(some.map(read)))
    }
  }

  async *#batches(): AsyncGenerator<readonly KnownEnd[], undefined> {
    const { streams } = this.#parts
    let batch: KnownEnd[] = []
    let looked = 0
    for (const id of streams.ends.ids()) {
      looked += 1
      if (looked % slice === 0) await turn()
      const known = streams.ends.known(id)
      if (known) batch.push(known)
      if (batch.length < mostKnown) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }
}
