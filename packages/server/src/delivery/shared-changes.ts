import type { Logger } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { BatchQueues } from '../queues/batch-queues.ts'
import type { Change, ChangeStore } from '../stores/store.ts'
import { dateNow } from '../time.ts'

type Kind = Change['kind']
export type ChangeOf<K extends Kind> = Extract<Change, { readonly kind: K }>
type Listener<K extends Kind> = (change: ChangeOf<K>) => void

/** What a server has to know of the others. */
type OtherNodes = Pick<Nodes, 'tell' | 'on' | 'onMissed' | 'others' | 'hearsAll' | 'isBusConnected'>

/** Some changes that are being announced together. */
interface Announced {
  readonly changes: readonly Change[]
  resolve(): void
  reject(error: unknown): void
}

/** How often a server looks for what others have changed. */
const pollMs = 2_000
/** How often where others live and what they say does not arrive. */
const unheardPollMs = 1_000
/** By then every server has acted on a change. */
export const everywhereMs = 2 * pollMs + 1_000
const pruneMs = 60 * 60 * 1_000
const keptMs = 24 * 60 * 60 * 1_000

/**
 * What every server on a store must act on within seconds, such as a user whose sessions end. Redis or not, nothing is
 * missed: the changes are a log in the store, and each server reads on from where it is. A look costs the same however
 * many there have been: one read of the log's head where there is nothing new.
 *
 * To share a kind of change: add it to `Change` in stores/store.ts, call `on(kind, …)` before `start`, and `announce` it
 * once the rows that it speaks of are stored. Announce it also where a repeated request changes nothing, so that a retry
 * completes what a crash left. What is announced together, or while an append is under way, shares one append.
 */
export class SharedChanges {
  readonly #store: ChangeStore
  readonly #nodes: OtherNodes
  readonly #logger: Logger
  readonly #meter: Meter | undefined
  readonly #listeners = new Map<Kind, Listener<Kind>[]>()
  readonly #appends = new BatchQueues<null, Announced>(
    () => '',
    (_, announced) => this.#append(announced),
    { sizeOf: ({ changes }) => changes.length },
  )
  #seen = 0
  #polling: Promise<void> | undefined
  #polledAt = 0
  #isPollWanted = false
  #isFailing = false
  #isStopped = false
  #timers: NodeJS.Timeout[] = []

  constructor(store: ChangeStore, nodes: OtherNodes, logger: Logger, meter?: Meter) {
    this.#store = store
    this.#nodes = nodes
    this.#logger = logger
    this.#meter = meter
  }

  /** Says what this server does about a kind of change, whichever server announced it. */
  on<K extends Kind>(kind: K, listener: Listener<K>): void {
    // Called with changes of this kind alone.
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener as unknown as Listener<Kind>])
  }

  /** Resolves once every server will learn of the changes; this one acts on them at once. */
  announce(...changes: Change[]): Promise<void> {
    return new Promise((resolve, reject) => this.#appends.add(null, { changes, resolve, reject }))
  }

  /** Lets this server alone act on a change. */
  act(change: Change): void {
    for (const listener of this.#listeners.get(change.kind) ?? []) this.#tell(listener, change)
  }

  /** Begins with what comes from now on: whoever connects later is checked against the rows themselves. */
  async start(): Promise<void> {
    this.#seen = await this.#store.head()
    this.#nodes.on('changes', () => void this.poll())
    this.#nodes.onMissed(() => void this.poll())
    this.#timers = [
      setInterval(() => this.#pollIfDue(), unheardPollMs / 2),
      setInterval(() => void this.#prune(), pruneMs),
    ]
    for (const timer of this.#timers) timer.unref()
  }

  /** Resolves once nothing is being read any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#timers) clearInterval(timer)
    this.#isPollWanted = false
    await this.#polling
    await this.#appends.idle()
  }

  /** Reads what is new, unless it has been stopped; a poll that begins during another one follows it. */
  async poll(): Promise<void> {
    if (this.#isStopped) return
    this.#isPollWanted = true
    this.#polling ??= this.#pollWhileWanted().finally(() => {
      this.#polling = undefined
    })
    await this.#polling
  }

  async #append(announced: readonly Announced[]): Promise<void> {
    try {
      await this.#store.append(announced.flatMap(({ changes }) => changes))
    } catch (error) {
      for (const { reject } of announced) reject(error)
      return
    }
    this.#nodes.tell('changes', {})
    for (const { resolve } of announced) resolve()
    // After the answer of the request that announces: it may concern the asker's own socket.
    setImmediate(() => void this.poll())
  }

  #pollIfDue(): void {
    const { others, hearsAll, isBusConnected } = this.#nodes
    const isHeard = others.length === 0 || (hearsAll && isBusConnected)
    // A timer may be a little early.
    const dueAt = this.#polledAt + (isHeard ? pollMs : unheardPollMs) - 50
    if (performance.now() >= dueAt) void this.poll()
  }

  async #pollWhileWanted(): Promise<void> {
    while (this.#isPollWanted) {
      this.#isPollWanted = false
      this.#polledAt = performance.now()
      try {
        await this.#readOn()
        this.#isFailing = false
      } catch (error) {
        // Said once, not every two seconds.
        if (!this.#isFailing) this.#logger.error({ error }, 'Changes of other servers cannot be read')
        this.#isFailing = true
      }
    }
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const head = await this.#store.head()
      // Lower where the database has gone back to an earlier time.
      this.#seen = Math.min(this.#seen, head)
      if (head === this.#seen) return
      const placed = await this.#store.after(this.#seen)
      if (placed.length === 0) return
      for (const { seq, change } of placed) {
        this.#seen = seq
        this.#meter?.changed(change.kind)
        this.act(change)
      }
    }
  }

  #tell(listener: Listener<Kind>, change: Change): void {
    try {
      listener(change)
    } catch (error) {
      this.#logger.error({ error, kind: change.kind }, 'A change could not be acted on')
    }
  }

  async #prune(): Promise<void> {
    try {
      await this.#store.prune(new Date(dateNow() - keptMs).toISOString())
    } catch (error) {
      this.#logger.error({ error }, 'Old changes could not be removed')
    }
  }
}
