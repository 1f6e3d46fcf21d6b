import type { Logger } from '../logger.ts'
import type { NodeStore } from '../stores/store.ts'

interface OthersParts {
  readonly id: string
  readonly store: NodeStore | undefined
  readonly hasBus: boolean
  readonly logger: Logger
}

/** How often a server renews its row, and looks at the others'. */
const beatMs = 1_000
/** A server whose row has not been renewed for so long has ended. */
const endedMs = 5_000
/** Rows of servers that ended so long ago are removed. */
const removedMs = 60_000
/** A server that has not been heard for so long may be saying things that do not arrive. */
const silentMs = 1_100

interface Other {
  beat: number
  /** When its row was last seen renewed, by this server's own clock. */
  renewedAt: number
  isAlive: boolean
  /** When it was last heard on the bus. */
  heardAt: number
  /** The number of its last message. */
  n: number | undefined
}

/**
 * Which other servers there are on the store, and whether what they say arrives. Clocks are not compared: a server lives as
 * long as the number in its row rises.
 */
export class Others {
  readonly #parts: OthersParts
  readonly #others = new Map<string, Other>()
  readonly #missed: (() => void)[] = []
  readonly #left: ((id: string) => void)[] = []
  #timers: NodeJS.Timeout[] = []
  #looking = Promise.resolve()
  #isFailing = false
  #isStopped = false

  constructor(parts: OthersParts) {
    this.#parts = parts
  }

  get ids(): string[] {
    return [...this.#others].filter(([, { isAlive }]) => isAlive).map(([id]) => id)
  }

  get areHeard(): boolean {
    const since = performance.now() - silentMs
    for (const { isAlive, heardAt } of this.#others.values()) if (isAlive && heardAt < since) return false
    return true
  }

  onMissed(listener: () => void): void {
    this.#missed.push(listener)
  }

  onLeft(listener: (id: string) => void): void {
    this.#left.push(listener)
  }

  /** Notes a message of another server. A number that was left out was lost. */
  heard(id: string, n: number): void {
    const other = this.#others.get(id)
    if (!other) return
    const isGap = other.n !== undefined && n !== other.n + 1
    other.n = n
    other.heardAt = performance.now()
    if (isGap) this.#tellMissed()
  }

  async start(): Promise<void> {
    if (!this.#parts.store) return
    await this.#look()
    this.#timers = [
      setInterval(() => {
        this.#looking = this.#look()
      }, beatMs).unref(),
      setInterval(() => {
        if (!this.areHeard) this.#tellMissed()
      }, beatMs).unref(),
    ]
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#timers) clearInterval(timer)
    await this.#looking
    await this.#parts.store?.remove([this.#parts.id]).catch(() => undefined)
  }

  async #look(): Promise<void> {
    const { id, store, logger } = this.#parts
    if (!store || this.#isStopped) return
    try {
      await store.beat(id)
      this.#note(await store.list())
      const old = this.#endedSince(performance.now() - removedMs)
      if (old.length > 0) await store.remove(old)
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) logger.error({ error }, 'The rows of other servers cannot be read')
      this.#isFailing = true
    }
  }

  #note(rows: readonly { readonly id: string; readonly beat: number }[]): void {
    const now = performance.now()
    for (const { id, beat } of rows) {
      if (id === this.#parts.id) continue
      const known = this.#others.get(id)
      if (known?.beat === beat) continue
      if (known) Object.assign(known, { beat, renewedAt: now, isAlive: true })
      else this.#others.set(id, { beat, renewedAt: now, isAlive: true, heardAt: now, n: undefined })
    }
    const ids = new Set(rows.map(({ id }) => id))
    for (const [id, other] of this.#others) {
      const isGone = !ids.has(id)
      if (other.isAlive && (isGone || other.renewedAt < now - endedMs)) this.#end(id, other)
      if (isGone) this.#others.delete(id)
    }
  }

  #end(id: string, other: Other): void {
    other.isAlive = false
    for (const listener of this.#left) listener(id)
  }

  #endedSince(at: number): string[] {
    return [...this.#others].filter(([, one]) => !one.isAlive && one.renewedAt < at).map(([id]) => id)
  }

  #tellMissed(): void {
    for (const listener of this.#missed) listener()
  }
}
