import type { Workspaces } from '../identity/workspaces.ts'
import type { Logger } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Behind, SearchStore, StreamKey } from '../stores/store.ts'

interface SearchSweepsParts {
  readonly store: SearchStore
  readonly workspaces: Pick<Workspaces, 'ids' | 'get'>
  readonly nodes: Pick<Nodes, 'id' | 'others'>
  readonly logger: Logger
  /** Takes a stream that is behind. */
  find(key: StreamKey): void
  /** How many of these wait. */
  waiting(): number
}

const mostWaiting = 500
const lookMs = 50
const retryMs = 1_000
/** Between two steps, which appends wait for. */
const tidyPauseMs = 20
/** How often the store is asked whether another server has indexed all that there was. */
const askMs = 2_000

/**
 * Looks through the streams of the workspaces that have search for what is not indexed: what there was before they had it, and
 * what a server has left that has ended. Of several servers the one of the lowest id does. Workspaces without search lose
 * what they have in the index.
 */
export class SearchSweeps {
  readonly #parts: SearchSweepsParts
  /** Workspaces whose old messages are all indexed, and when the store was last asked about the others. */
  readonly #complete = new Set<string>()
  readonly #askedAt = new Map<string, number>()
  #sweeping: Promise<void> | undefined
  #isWanted = false
  #isStopped = false
  /** Workspaces without search that have nothing in the index. Once is enough: another server may still have search for one. */
  readonly #dropped = new Set<string>()

  constructor(parts: SearchSweepsParts) {
    this.#parts = parts
  }

  get isBusy(): boolean {
    return this.#sweeping !== undefined
  }

  /** Begins to look; again if it is looking already. */
  begin(): void {
    this.#isWanted = true
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#sweeping
  }

  /** Whether all that a workspace had when it got search is indexed. */
  async isComplete(workspaceId: string): Promise<boolean> {
    const now = performance.now()
    const askedAt = this.#askedAt.get(workspaceId) ?? Number.NEGATIVE_INFINITY
    if (this.#complete.has(workspaceId) || askedAt > now - askMs) return this.#complete.has(workspaceId)
    this.#askedAt.set(workspaceId, now)
    if (await this.#parts.store.isComplete(workspaceId)) this.#complete.add(workspaceId)
    return this.#complete.has(workspaceId)
  }

  async #sweepAll(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false
      for (const id of this.#parts.workspaces.ids) {
        if (this.#isStopped) return
        await this.#sweep(id).catch(async (error: unknown) => {
          this.#parts.logger.warn(
            { workspace: id, error },
            'Messages that search has not indexed could not be looked up',
          )
          this.#isWanted = true
          await pause(retryMs)
        })
      }
      await this.#tidy()
    }
  }

  async #sweep(id: string): Promise<void> {
    const { workspaces, nodes } = this.#parts
    if (!workspaces.get(id)?.search) await this.#dropOnce(id)
    else if (nodes.others.every((other) => nodes.id < other)) await this.#lookThrough(id)
  }

  async #lookThrough(id: string): Promise<void> {
    const { store } = this.#parts
    const wasComplete = await store.prepare(id)
    if (wasComplete) this.#complete.add(id)
    let from: string | null = null
    do {
      const behind: Behind = await store.behind(id, from)
      for (const stream of behind.streams) this.#parts.find({ workspace_id: id, stream })
      from = behind.next
      await this.#until(from === null ? 0 : mostWaiting)
    } while (from !== null && !this.#isStopped)
    if (wasComplete || this.#isStopped) return
    await store.complete(id)
    this.#complete.add(id)
  }

  /** So seldom that what is appended in between costs no more. */
  async #tidy(): Promise<void> {
    try {
      while (!this.#isStopped && (await this.#parts.store.tidy())) await pause(tidyPauseMs)
    } catch (error) {
      this.#parts.logger.warn({ error }, 'The index of search could not be tidied up')
    }
  }

  async #dropOnce(id: string): Promise<void> {
    if (this.#dropped.has(id)) return
    while (!this.#isStopped && (await this.#parts.store.drop(id))) await pause(0)
    this.#dropped.add(id)
  }

  /** Waits until no more streams wait. */
  async #until(most: number): Promise<void> {
    while (this.#parts.waiting() > most && !this.#isStopped) await pause(lookMs)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
