import type { Lines } from '../delivery/lines.ts'
import type { AllLimits } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Store } from '../stores/store.ts'
import { repeat } from '../time.ts'
import { Lease } from '../webhooks/lease.ts'
import type { Attendance } from './attendance.ts'
import { ClockSteps } from './clock-steps.ts'
import { handBackOfAbsent } from './hand-back.ts'

interface LineCareParts {
  readonly store: Pick<Store, 'lineManagers' | 'leases'>
  readonly nodes: Pick<Nodes, 'id' | 'others' | 'onLeft'>
  readonly lines: Pick<Lines, 'handBack' | 'assign'>
  readonly attendance: Pick<Attendance, 'lookForGone'>
  readonly workspaces: { readonly ids: readonly string[] }
  readonly limits: AllLimits
  readonly logger: Logger
}

const lookMs = 1_000
/** By then those have come back whose server has ended. */
const returnMs = 5_000
/** How often it is looked whether somebody is gone whom no server has missed, and whether what waits can be given. */
const roundMs = 30_000

/** Looks after the lines of all workspaces, on one server of those on a store: nothing stays with whoever is gone. */
export class LineCare {
  readonly #parts: LineCareParts
  readonly #lease: Lease
  readonly #clock = new ClockSteps()
  readonly #returning = new Set<NodeJS.Timeout>()
  #stops: (() => void)[] = []
  #running = Promise.resolve()
  #next: Promise<void> | undefined
  /** Whether somebody may be gone whom nobody has missed. */
  #isRoundDue = false
  /** The workspaces that a round has not looked at yet, or in vain. */
  #left = new Set<string>()
  /** Those in which it was not looked yet for who was there when a server ended, or in the last run. */
  readonly #ended = new Set<string>()
  /** When those were looked at last who have been away for so long; without a time, all of them have to be. */
  readonly #lookedAt = new Map<number, number>()
  #isFailing = false
  #isStopped = false

  constructor(parts: LineCareParts) {
    this.#parts = parts
    this.#lease = new Lease('line', parts.store.leases, parts.nodes)
    parts.nodes.onLeft(() => this.#roundLater())
  }

  /** Begins. Whoever was there in the last run has a while to come back. */
  start(): void {
    this.#roundLater()
    this.#stops = [
      repeat(() => this.#look(), lookMs),
      repeat(() => {
        this.#isRoundDue = true
      }, roundMs),
    ]
  }

  /** Resolves once nothing is being handed back. */
  async stop(): Promise<void> {
    for (const stop of this.#stops) stop()
    for (const timer of this.#returning) clearTimeout(timer)
    this.#isStopped = true
    await (this.#next ?? this.#running)
  }

  #roundLater(): void {
    const timer = setTimeout(() => {
      this.#returning.delete(timer)
      this.#isRoundDue = true
      for (const id of this.#parts.workspaces.ids) this.#ended.add(id)
      void this.#look()
    }, returnMs).unref()
    this.#returning.add(timer)
  }

  /** One look at a time; what is asked for during one follows it. */
  #look(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      this.#running = this.#isStopped ? Promise.resolve() : this.#lookOnce()
      return this.#running
    })
    return this.#next
  }

  async #lookOnce(): Promise<void> {
    try {
      this.#clock.look()
      if (!(await this.#lease.hold())) return this.#lookedAt.clear()
      const failed = await this.#rounds()
      const { store, lines, limits } = this.#parts
      const { lineManagers } = store
      await handBackOfAbsent({ lineManagers, lines, limits, clock: this.#clock, lookedAt: this.#lookedAt })
      if (failed) throw failed.error
      this.#isFailing = false
    } catch (error) {
      // Said once, however long it takes.
      if (!this.#isFailing)
        this.#parts.logger.error({ error }, 'Tickets of those who are away cannot be handed back')
      this.#isFailing = true
    }
  }

  /** Looks at the workspaces that are due. At the first that fails it ends: the next look goes on, and comes to that one last. */
  async #rounds(): Promise<{ readonly error: unknown } | undefined> {
    if (this.#isRoundDue) {
      this.#isRoundDue = false
      this.#lookedAt.clear()
      const others = this.#parts.workspaces.ids.filter((id) => !this.#left.has(id))
      this.#left = new Set([...others, ...this.#left])
    }
    for (const id of this.#left) {
      if (this.#isStopped) return undefined
      this.#left.delete(id)
      const hasEnded = this.#ended.delete(id)
      try {
        await this.#round(id, hasEnded)
      } catch (error) {
        this.#left.add(id)
        if (hasEnded) this.#ended.add(id)
        return { error }
      }
    }
    return undefined
  }

  /** Gives what waits too: a topic's people may work again, and whoever made room may have failed before it was given. */
  async #round(workspaceId: string, hasEnded: boolean): Promise<void> {
    const { attendance, lines } = this.#parts
    await attendance.lookForGone(workspaceId, hasEnded)
    await lines.assign(workspaceId)
  }
}
