import type { Workspaces } from '../identity/workspaces.ts'
import type { Logger } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { isUnavailable } from '../stores/is-unavailable.ts'
import { type SearchStore, type StreamKey, streamId } from '../stores/store.ts'
import { dateNow, repeat } from '../time.ts'
import { SearchSweeps } from './search-sweeps.ts'
import { UnindexedStreams } from './unindexed.ts'

interface SearchIndexingParts {
  readonly store: SearchStore
  readonly workspaces: Pick<Workspaces, 'ids' | 'get'>
  readonly nodes: Pick<Nodes, 'id' | 'others' | 'onLeft'>
  readonly logger: Logger
}

/** What is appended waits so long for company: each run costs a commit beside those of the appends. */
const gatherMs = 200
/** The pause where a run has left something to the next. */
const leastPauseMs = 10
const afterFailureMs = 1_000
const streamsAtOnce = 50
/** Of more streams it does not remember which have grown, and looks through all of them later. */
const mostRemembered = 50_000
/** After so many failures that are not the whole store's a stream is left alone until the next look through all. */
const mostFailures = 5
const lookAgainMs = 60 * 60 * 1_000
/** What is younger may be missing without a word. */
const freshMs = 3_000

/**
 * Indexes messages behind the log, for the workspaces that have search: each server those that it has appended itself. What
 * it does takes at most a quarter of the time, so that appends find the store free.
 */
export class SearchIndexing {
  readonly #parts: SearchIndexingParts
  readonly #streams = new UnindexedStreams()
  readonly #sweeps: SearchSweeps
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isStopped = false
  #isFailing = false
  #hasForgotten = false
  #stopLooking: () => void = () => {}

  constructor(parts: SearchIndexingParts) {
    this.#parts = parts
    this.#sweeps = new SearchSweeps({
      ...parts,
      find: (key) => this.#find(key),
      waiting: () => this.#streams.found,
    })
    parts.nodes.onLeft(() => this.#sweeps.begin())
  }

  /** Looks for what is not indexed, now and every hour. */
  start(): void {
    this.#sweeps.begin()
    this.#stopLooking = repeat(() => {
      this.#streams.retry()
      this.#schedule(0)
      this.#sweeps.begin()
    }, lookAgainMs)
  }

  /** A stream has got entries, which this server has appended. */
  grew(key: StreamKey): void {
    if (!this.#parts.workspaces.get(key.workspace_id)?.search) return
    if (this.#streams.size >= mostRemembered) this.#hasForgotten = true
    else this.#streams.grew(key, dateNow())
    this.#schedule(gatherMs)
  }

  /** Resolves once nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopLooking()
    clearTimeout(this.#timer)
    await this.#sweeps.stop()
    await this.#running
  }

  /** Until when messages of a workspace are sure to be found; null if all are, but for those of the last seconds. */
  async indexedUntil(workspaceId: string): Promise<string | null> {
    if (!(await this.#sweeps.isComplete(workspaceId))) return new Date(0).toISOString()
    const oldest = this.#streams.oldestOf(workspaceId)
    if (oldest === undefined || oldest > dateNow() - freshMs) return null
    return new Date(oldest).toISOString()
  }

  /** Resolves once everything is indexed that this server knows of. */
  async settled(): Promise<void> {
    while (!this.#isStopped && (this.#streams.size > 0 || this.#running || this.#sweeps.isBusy))
      await new Promise((resolve) => setTimeout(resolve, leastPauseMs))
  }

  #find(key: StreamKey): void {
    this.#streams.find(key)
    this.#schedule(0)
  }

  #schedule(afterMs: number): void {
    if (this.#isStopped || this.#timer || this.#running) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#running = this.#indexSome().then((pauseMs) => {
        this.#running = undefined
        if (this.#streams.size > 0) this.#schedule(pauseMs)
        else if (this.#hasForgotten) this.#lookThroughAll()
      })
    }, afterMs).unref()
  }

  #lookThroughAll(): void {
    this.#hasForgotten = false
    this.#sweeps.begin()
  }

  /** Answers how long to wait before the next ones. */
  async #indexSome(): Promise<number> {
    // One by one once something is wrong: one may be at fault.
    const some = this.#streams.take(this.#isFailing ? 1 : streamsAtOnce)
    const startedAt = performance.now()
    let isBehind = this.#streams.size > 0
    try {
      const left = new Set((await this.#parts.store.index(some.map(({ key }) => key))).map(streamId))
      this.#streams.putBack(some.filter(({ key }) => left.has(streamId(key))))
      isBehind ||= left.size > 0
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) this.#parts.logger.warn({ error }, 'Messages could not be indexed for search')
      this.#isFailing = true
      const more = isUnavailable(error) ? 0 : 1
      const failed = some.map((one) => ({ ...one, failures: one.failures + more }))
      this.#streams.putBack(failed.filter(({ failures }) => failures <= mostFailures))
      this.#streams.giveUp(failed.filter(({ failures }) => failures > mostFailures))
      return afterFailureMs
    }
    return Math.max(isBehind ? leastPauseMs : gatherMs, 3 * (performance.now() - startedAt))
  }
}
