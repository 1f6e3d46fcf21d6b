import { isUnderWay } from '@dowellchat/protocol'
import { devicesOf } from '../delivery/audience.ts'
import { type OwnedCall as StoredCall, seqsOfOwner } from '../stores/store.ts'
import { type CallParts, change, pagesOf, placedDevices } from './call-parts.ts'
import type { OwnedCalls } from './owned-calls.ts'

/**
 * The open calls of servers that have ended. What rang is over: its offer is gone. A call that was answered goes on with the
 * first server to which a party is connected; one that nobody takes over in time is over too.
 */
export class OrphanedCalls {
  readonly #parts: CallParts
  readonly #owned: OwnedCalls
  /** The servers that have ended, and since when that is known here. */
  readonly #since = new Map<string, number>()

  constructor(parts: CallParts, owned: OwnedCalls) {
    this.#parts = parts
    this.#owned = owned
    parts.nodes.onLeft((id) => this.#since.set(id, performance.now()))
  }

  /** Finds the owners that ended before this server started. */
  async start(): Promise<void> {
    for (const owner of await this.#parts.calls.owners())
      if (!this.isAlive(owner)) this.#since.set(owner, performance.now())
  }

  get isEmpty(): boolean {
    return this.#since.size === 0
  }

  /** Whether a server is there to look after its calls. */
  isAlive(owner: string): boolean {
    const { nodes } = this.#parts
    return owner === nodes.id || nodes.others.includes(owner)
  }

  /** Whether this server looks after a call now: one that was answered, and whose owner has ended, it takes over. */
  async owns(stored: StoredCall): Promise<boolean> {
    const { owner } = stored.call
    if (owner === this.#parts.nodes.id) return true
    return isUnderWay(stored.call) && !this.isAlive(owner) && (await this.#takeOver(stored))
  }

  /** Takes a call over, unless somebody else has. */
  async #takeOver({ workspace_id, call }: StoredCall): Promise<boolean> {
    const { calls, nodes, sockets, trace } = this.#parts
    if (!(await calls.takeOver(workspace_id, call._id, call.owner, nodes.id))) return false
    trace?.({ step: 'taken over', call: call._id, from: call.owner, workspace: workspace_id }, 'call')
    this.#owned.add(workspace_id, call._id, { seq: call.seq + seqsOfOwner })
    sockets.enterCall(devicesOf(workspace_id, placedDevices({ workspace_id, call })))
    return true
  }

  async run(): Promise<void> {
    for (const [owner, since] of this.#since) {
      const isOver = performance.now() - since >= this.#parts.limits.callGraceMs
      // It may only have stood still for a while.
      if (!this.isAlive(owner)) await this.#lookAt(owner, isOver)
      if (isOver || this.isAlive(owner)) this.#since.delete(owner)
    }
  }

  async #lookAt(owner: string, isOver: boolean): Promise<void> {
    const { calls, whereabouts } = this.#parts
    for await (const page of pagesOf(calls, owner)) {
      for (const stored of page) {
        const isHere = placedDevices(stored).some((device) => whereabouts.isHere(device))
        if (isUnderWay(stored.call) && isHere) await this.#takeOver(stored)
        else if (stored.call.state === 'ringing' || isOver)
          await change(this.#parts, stored, { type: 'lose', device: stored.call.caller })
      }
    }
  }
}
