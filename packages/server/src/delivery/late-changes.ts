import { setTimeout as pause } from 'node:timers/promises'
import type { Change } from '../stores/store.ts'
import type { SharedChanges } from './shared-changes.ts'

const retryMs = 500
const mostKept = 10_000

/**
 * Changes that the log could not take. The rows that they speak of are stored, so they are appended as soon as the log takes
 * them, also where nobody repeats the request that failed.
 */
export class LateChanges {
  readonly #changes: Pick<SharedChanges, 'announce'>
  readonly #kept = new Map<string, Change>()
  #announcing: Promise<void> | undefined
  #isStopped = false

  constructor(changes: Pick<SharedChanges, 'announce'>) {
    this.#changes = changes
  }

  /** Resolves once every server will learn of the changes; where it rejects, they learn of them later. */
  async announce(...changes: Change[]): Promise<void> {
    try {
      await this.#changes.announce(...changes)
    } catch (error) {
      for (const change of changes) this.keep(JSON.stringify(change), change)
      throw error
    }
  }

  keep(name: string, change: Change): void {
    if (this.#kept.size >= mostKept) return
    this.#kept.set(name, change)
    this.#announcing ??= this.#announceAll().finally(() => {
      this.#announcing = undefined
    })
  }

  /** Resolves once nothing is being announced. What is left is lost. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#announcing
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
}
