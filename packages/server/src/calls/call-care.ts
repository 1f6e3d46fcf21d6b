import type { CallDevice, PushOf, Session } from '@dowellchat/protocol'
import type { CallParts } from './call-parts.ts'
import { CallSignals } from './call-signals.ts'
import { OrphanedCalls } from './orphaned-calls.ts'
import { OwnCallsCheck } from './own-calls-check.ts'
import { OwnedCalls } from './owned-calls.ts'
import { ReturningDevices } from './returning-devices.ts'

const lookMs = 2_000
/** Devices that go together are looked at together. */
const leastMs = 50

/**
 * Looks after the open calls. Each has one server as its owner: the one that made it, which has its offer in memory and ends
 * it when its devices are gone. When the owner ends, the others take its calls over or end them.
 */
export class CallCare {
  readonly #parts: CallParts
  readonly #owned = new OwnedCalls()
  readonly #check: OwnCallsCheck
  readonly #orphaned: OrphanedCalls
  readonly #returning: ReturningDevices
  /** Passes on what the parties send each other. */
  readonly signals: CallSignals
  #timer: NodeJS.Timeout | undefined
  /** For a device that has been away for long enough before the next look. */
  #next: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #isFailing = false
  #isStopped = false

  constructor(parts: CallParts) {
    this.#parts = parts
    this.#check = new OwnCallsCheck(parts, this.#owned)
    this.#orphaned = new OrphanedCalls(parts, this.#owned)
    this.#returning = new ReturningDevices(parts, this.#owned, this.#orphaned)
    this.signals = new CallSignals(parts, this.#owned, this.#orphaned)
    parts.nodes.onLeft(() => this.#look())
  }

  /** Who owns the calls that are made here. */
  get owner(): string {
    return this.#parts.nodes.id
  }

  /** Notes a call that was made here and rings. */
  made(workspaceId: string, offer: PushOf<'callUser'>): void {
    this.#owned.add(workspaceId, offer.callId, { offer, seq: 0 })
  }

  /** Notes that a device of a call has gone, and may come back. */
  left(callId: string, device: CallDevice): void {
    this.#owned.left(callId, device)
  }

  ended(callId: string): void {
    this.#owned.delete(callId)
  }

  /** Tells a device that has connected of its calls. */
  async welcome(session: Session): Promise<void> {
    if (this.#hasNone) return
    try {
      await this.#returning.welcome(session)
    } catch (error) {
      this.#parts.logger.error({ error }, 'The calls of a device that has connected could not be read')
    }
  }

  async start(): Promise<void> {
    await this.#orphaned.start()
    this.#timer = setInterval(() => this.#look(), this.#lookMs).unref()
    this.#look()
    await this.#looking
  }

  /** Resolves once nothing is being looked at. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    clearTimeout(this.#next)
    await this.#looking
  }

  /** Whether no call can be open: on a store of its own, a server looks after every one. */
  get #hasNone(): boolean {
    return !this.#parts.nodes.isShared && this.#owned.size === 0 && this.#orphaned.isEmpty
  }

  get #lookMs(): number {
    const { callGraceMs, ringMs } = this.#parts.limits
    return Math.min(lookMs, callGraceMs, ringMs)
  }

  #look(): void {
    if (this.#isStopped) return
    clearTimeout(this.#next)
    this.#looking ??= this.#run().finally(() => {
      this.#looking = undefined
      this.#planNext()
    })
  }

  /** So that both parties of a call hear at about the same time that it is lost. */
  #planNext(): void {
    const since = this.#owned.missingSince()
    if (since === undefined || this.#isStopped) return
    const inMs = since + this.#parts.limits.callGraceMs - performance.now()
    // What is overdue waits for the other servers, or for the store.
    if (inMs > 0 && inMs < this.#lookMs)
      this.#next = setTimeout(() => this.#look(), Math.max(inMs, leastMs)).unref()
  }

  async #run(): Promise<void> {
    try {
      await this.#check.run()
      await this.#orphaned.run()
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) this.#parts.logger.error({ error }, 'The open calls could not be looked at')
      this.#isFailing = true
    }
  }
}
