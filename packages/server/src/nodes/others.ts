import type { Logger } from '../logger.ts'
import type { NodeRow, NodeStore } from '../stores/store.ts'
import { Other } from './other.ts'

interface OthersParts {
  readonly id: string
  readonly store: NodeStore | undefined
  readonly logger: Logger
}

/** How often a server renews its row, and looks at the others'. */
const beatMs = 1_000
/** Rows of servers that ended so long ago are removed. */
const removedMs = 60_000
/** How long a turn of listening is, after each of which it is looked whether all are heard. */
const hearMs = 250
/** A look that a message of an unknown server asks for comes no sooner after the last one. */
const leastLookMs = 200

/**
 * Which other servers there are on the store, and whether what they say arrives. Clocks are not compared: a server lives as
 * long as the number in its row rises. What the rows cost is one small write and one small read a second.
 */
export class Others {
  readonly #parts: OthersParts
  /** Those with a row. Nothing that arrives on the bus adds to them. */
  readonly #others = new Map<string, Other>()
  readonly #missed: (() => void)[] = []
  readonly #left: ((id: string) => void)[] = []
  #timers: NodeJS.Timeout[] = []
  #looking: Promise<void> | undefined
  #lookedAt = Number.NEGATIVE_INFINITY
  /** When the rows were last read. */
  #readAt: number | undefined
  #missedAt = Number.NEGATIVE_INFINITY
  #isFailing = false
  #isStopped = false

  constructor(parts: OthersParts) {
    this.#parts = parts
  }

  /** Those that live. */
  get ids(): string[] {
    return [...this.#others].filter(([, { isAlive }]) => isAlive).map(([id]) => id)
  }

  /** Those that live and whose messages arrive. */
  get heardIds(): string[] {
    return this.ids.filter((id) => this.#others.get(id)?.isHeard)
  }

  get areHeard(): boolean {
    for (const other of this.#others.values()) if (other.isAlive && !other.isHeard) return false
    return true
  }

  /** The number of the last message that arrived from each that lives. */
  get numbers(): [id: string, n: number][] {
    return [...this.#others].flatMap(([id, { isAlive, n }]) =>
      isAlive && n !== undefined ? [[id, n] as [string, number]] : [],
    )
  }

  onMissed(listener: () => void): void {
    this.#missed.push(listener)
  }

  onLeft(listener: (id: string) => void): void {
    this.#left.push(listener)
  }

  /** Whether a server has a row, as far as is known. */
  has(id: string): boolean {
    return this.#others.has(id)
  }

  /** Notes a message of another server that has a row; answers how many were left out before it, undefined if it is out of order. */
  heard(id: string, n: number): number | undefined {
    const other = this.#others.get(id)
    if (!other) return undefined
    const isFirst = other.n === undefined
    const left = other.hear(n)
    // Before the first one any number may have been lost, and from now on nobody looks for them.
    if (isFirst || (left !== undefined && left > 0)) this.#tellMissed()
    return left
  }

  /** A server says that it ends. */
  leaves(id: string): void {
    const other = this.#others.get(id)
    if (!other?.isAlive) return
    other.leave()
    this.#tellLeft(id)
  }

  /** Rejects where it cannot be read who else is there: whoever does not know takes them for dead. */
  async start(): Promise<void> {
    if (!this.#parts.store) return
    await this.#read(this.#parts.store)
    this.#timers = [
      setInterval(() => void this.look(), beatMs).unref(),
      setInterval(() => this.#listen(), hearMs).unref(),
    ]
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#timers) clearInterval(timer)
    await this.#looking
    await this.#parts.store?.remove([this.#parts.id]).catch(() => undefined)
  }

  /** Looks for a server that is not known, but not more often than the store should be asked. */
  async lookFor(): Promise<void> {
    if (performance.now() - this.#lookedAt >= leastLookMs) await this.look()
  }

  /** Renews the own row and reads those of the others, one look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    const { store, logger } = this.#parts
    if (!store || this.#isStopped) return
    try {
      await this.#read(store)
      // What was read from elsewhere in the store meanwhile may have been old.
      if (this.#isFailing) this.#tellMissed()
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) logger.error({ error }, 'The rows of other servers cannot be read')
      this.#isFailing = true
    }
  }

  async #read(store: NodeStore): Promise<void> {
    this.#lookedAt = performance.now()
    const [rows] = await Promise.all([store.list(), store.beat(this.#parts.id)])
    if (this.#isStopped) return
    this.#note(rows)
    const old = [...this.#others].filter(([, other]) => other.endedMs >= removedMs).map(([old]) => old)
    if (old.length > 0) await store.remove(old)
  }

  #note(rows: readonly NodeRow[]): void {
    const now = performance.now()
    const sinceMs = this.#readAt === undefined ? 0 : now - this.#readAt
    this.#readAt = now
    const beats = new Map(rows.map(({ id, beat }) => [id, beat]))
    beats.delete(this.#parts.id)
    let hasNews = false
    for (const [id, other] of this.#others) {
      const wasAlive = other.isAlive
      other.note(beats.get(id), sinceMs)
      if (!beats.has(id)) this.#others.delete(id)
      if (wasAlive && !other.isAlive) this.#tellLeft(id)
      if (!wasAlive && other.isAlive) hasNews = true
    }
    for (const [id, beat] of beats)
      if (!this.#others.has(id)) {
        this.#others.set(id, new Other(beat))
        hasNews = true
      }
    // What it has said until now has not been acted on; that of one that was taken for dead neither.
    if (hasNews) this.#tellMissed()
  }

  /** Whatever is said by those who are not heard is looked for in the store, at once and then every second. */
  #listen(): void {
    for (const other of this.#others.values()) other.listen()
    if (!this.areHeard && performance.now() - this.#missedAt >= beatMs) this.#tellMissed()
  }

  #tellLeft(id: string): void {
    for (const listener of this.#left) this.#run(() => listener(id))
    // Its last words may not have arrived.
    this.#tellMissed()
  }

  #tellMissed(): void {
    this.#missedAt = performance.now()
    for (const listener of this.#missed) this.#run(listener)
  }

  #run(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#parts.logger.error({ error }, 'A change in the state of another server could not be handled')
    }
  }
}
