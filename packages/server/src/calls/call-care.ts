import type { CallDevice, PushOf, Session } from '@dowellchat/protocol'
import { devicesOf } from '../delivery/audience.ts'
import type { Found } from '../delivery/connection.ts'
import { UnderWay } from '../queues/under-way.ts'
import type { Call } from '../stores/store.ts'
import { repeat } from '../time.ts'
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
  readonly #ringing = new UnderWay()
  /** Passes on what the parties send each other. */
  readonly signals: CallSignals
  #stopRepeating = (): void => {}
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
    parts.nodes.onLeft(() => void this.#look())
  }

  /** Who owns the calls that are made here. */
  get owner(): string {
    return this.#parts.nodes.id
  }

  /** Notes a call that was made here and rings. */
  made(workspaceId: string, caller: CallDevice, offer: PushOf<'callUser'>): void {
    this.#owned.add(workspaceId, offer.callId, { offer, seq: 0 })
    this.#parts.here.add(offer.callId, devicesOf(workspaceId, [caller]))
  }

  /**
   * Rings those devices at a call's address that have connected while it was made: they were not there to be found, and the call was
   * not there for them.
   * @param search looks for them, from now on
   */
  ringLate(workspaceId: string, call: Call, search: () => Promise<Found>): void {
    this.#ringing.track(this.#returning.ringLate(workspaceId, call, search))
  }

  /** Notes that a device of a call has gone, and may come back. */
  left(callId: string, device: CallDevice): void {
    this.#owned.left(callId, device)
  }

  /** Notes that a device of a call has said that it does not answer. */
  rejected(callId: string, device: CallDevice): void {
    this.#parts.here.rejected(callId, device)
  }

  ended(callId: string): void {
    this.#owned.delete(callId)
    this.#parts.here.delete(callId)
  }

  /** Tells a device that has connected of its calls. */
  async welcome(session: Session, socketId: string): Promise<void> {
    if (this.#hasNone) return
    try {
      await this.#returning.welcome(session, socketId)
    } catch (error) {
      this.#parts.logger.error({ error }, 'The calls of a device that has connected could not be read')
    }
  }

  async start(): Promise<void> {
    await this.#orphaned.start()
    this.#stopRepeating = repeat(() => this.#lookAfterThis(), this.#lookMs)
    await this.#look()
  }

  /** Resolves once nothing is being looked at. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopRepeating()
    clearTimeout(this.#next)
    await this.#looking
    await this.#ringing.idle()
  }

  /** Whether no call can be open: on a store of its own, a server looks after every one. */
  get #hasNone(): boolean {
    return !this.#parts.nodes.isShared && this.#owned.size === 0 && this.#orphaned.isEmpty
  }

  get #lookMs(): number {
    const { callGraceMs, ringMs } = this.#parts.limits
    return Math.min(lookMs, callGraceMs, ringMs)
  }

  /** A look that is under way may have seen to some calls before the time was moved. */
  async #lookAfterThis(): Promise<void> {
    await this.#looking
    await this.#look()
  }

  async #look(): Promise<void> {
    if (this.#isStopped) return
    clearTimeout(this.#next)
    this.#looking ??= this.#run().finally(() => {
      this.#looking = undefined
      this.#planNext()
    })
    await this.#looking
  }

  /** So that both parties of a call hear at about the same time that it is lost. */
  #planNext(): void {
    const since = this.#owned.missingSince()
    if (since === undefined || this.#isStopped) return
    const inMs = since + this.#parts.limits.callGraceMs - performance.now()
    // What is overdue waits for the other servers, or for the store.
    if (inMs > 0 && inMs < this.#lookMs)
      this.#next = setTimeout(() => void this.#look(), Math.max(inMs, leastMs)).unref()
  }

  async #run(): Promise<void> {
    try {
      // Last, since these may be many; and in any case, since they are other calls.
      await this.#lookAtOwned().finally(() => this.#parts.here.run())
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) this.#parts.logger.error({ error }, 'The open calls could not be looked at')
      this.#isFailing = true
    }
  }

  async #lookAtOwned(): Promise<void> {
    await this.#check.run()
    await this.#orphaned.run()
  }
}
