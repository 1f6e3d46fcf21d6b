import { setTimeout as pause } from 'node:timers/promises'
import { isUnavailable, lateMs } from '../stores/is-unavailable.ts'
import type { Change } from '../stores/store.ts'
import { followedKinds } from './followed-rows.ts'
import type { SharedChanges } from './shared-changes.ts'

const retryMs = 500
const mostKept = 10_000

/**
 * Changes that the log could not take. The rows that they speak of are stored, so they are appended as soon as the log takes
 * them, also where nobody repeats the request that failed. So are those of rows whose write was not answered, once they are read.
 */
export class LateChanges {
  readonly #changes: Pick<SharedChanges, 'announce'>
  readonly #kept = new Map<string, Change>()
  #announcing: Promise<void> | undefined
  readonly #looking = new Set<Promise<void>>()
  #isStopped = false

  constructor(changes: Pick<SharedChanges, 'announce'>) {
    this.#changes = changes
  }

  /** Resolves once every server will learn of the changes; where it rejects, they learn of them later. */
  async announce(...changes: Change[]): Promise<void> {
    try {
      await this.#changes.announce(...changes)
    } catch (error) {
      for (const change of changes) this.#keep(change)
      throw error
    }
  }

  /**
   * Answers what a write does. Where the store does not answer, it may have written or do so late: then the change that `read`
   * finds is announced; undefined while there is none.
   */
  async afterWrite<Done>(writing: Promise<Done>, read: () => Promise<Change | undefined>): Promise<Done> {
    try {
      return await writing
    } catch (error) {
      if (isUnavailable(error) && this.#looking.size < mostKept) {
        const looking = this.#lookFor(read).finally(() => this.#looking.delete(looking))
        this.#looking.add(looking)
      }
      throw error
    }
  }

  /** Resolves once nothing is being announced. What is left is lost. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all([this.#announcing, ...this.#looking])
  }

  #keep(change: Change): void {
    // The end of a session, a key or a room is kept however many rows wait to be told of.
    if (this.#kept.size >= mostKept && followedKinds.some((kind) => kind === change.kind)) return
    this.#kept.set(JSON.stringify(change), change)
    this.#announcing ??= this.#announceAll().finally(() => {
      this.#announcing = undefined
    })
  }

  async #announceAll(): Promise<void> {
    while (this.#kept.size > 0 && !this.#isStopped) {
      await pause(retryMs)
      const some = [...this.#kept].slice(0, 100)
      try {
        await this.#changes.announce(...some.map(([, change]) => change))
        for (const [name, change] of some) if (this.#kept.get(name) === change) this.#kept.delete(name)
      } catch {
        // Whoever asked has been told that the store is unavailable.
      }
    }
  }

  async #lookFor(read: () => Promise<Change | undefined>): Promise<void> {
    // Counted once the store can be read.
    let until = Number.POSITIVE_INFINITY
    while (!this.#isStopped && performance.now() < until) {
      await pause(retryMs)
      try {
        const change = await read()
        // What the log does not take is kept.
        if (change) return await this.announce(change).catch(() => undefined)
        until = Math.min(until, performance.now() + lateMs)
      } catch {
        // Asked again.
      }
    }
  }
}
