import { type CallDevice, callTransition, isParty, isSameDevice, type Session } from '@dowellchat/protocol'
import { devicesOf } from '../delivery/audience.ts'
import type { Found } from '../delivery/connection.ts'
import type { Call } from '../stores/store.ts'
import type { CallParts } from './call-parts.ts'
import type { OrphanedCalls } from './orphaned-calls.ts'
import type { OwnedCalls } from './owned-calls.ts'

/** A device, with the connection that it is rung on. */
type Rung = CallDevice & { readonly socket_id?: string | undefined }

/** Tells a device that connects of the calls that go on, or ring, for it. */
export class ReturningDevices {
  readonly #parts: CallParts
  readonly #owned: OwnedCalls
  readonly #orphaned: OrphanedCalls

  constructor(parts: CallParts, owned: OwnedCalls, orphaned: OrphanedCalls) {
    this.#parts = parts
    this.#owned = owned
    this.#orphaned = orphaned
    parts.nodes.on(
      'ring',
      ({ workspace_id, callId, device, socket_id }) =>
        void this.#ring(workspace_id, callId, { ...device, socket_id }),
    )
  }

  /** Rings those at a call's address that do not ring yet. Never rejects. */
  async ringLate(workspaceId: string, call: Call, search: () => Promise<Found>): Promise<void> {
    const { logger } = this.#parts
    try {
      const { devices } = await search()
      for (const device of devices) {
        const isRung = call.callee_devices.some((one) => isSameDevice(one, device))
        if (!isRung) await this.#ring(workspaceId, call._id, device)
      }
    } catch (error) {
      logger.error({ error }, 'A device that has come could not be rung')
    }
  }

  async welcome({ workspace_id, user_id, device_id }: Session, socket_id: string): Promise<void> {
    const { calls } = this.#parts
    const device = { user_id, device_id }
    for (const call of await calls.listOpenOf(workspace_id, user_id)) {
      if (isParty(call, device)) await this.#goOn(workspace_id, call, device)
      else if (call.state === 'ringing') await this.#ask(workspace_id, call, { ...device, socket_id })
    }
  }

  async #goOn(workspace_id: string, call: Call, device: CallDevice): Promise<void> {
    const { calls, here, sockets } = this.#parts
    const { _id: callId } = call
    await this.#orphaned.owns({ workspace_id, call })
    const change = await calls.transition(workspace_id, callId, { type: 'return', device })
    if ('refused' in change || change.call.state === 'ended') return
    const { state, seq } = change.call
    const to = devicesOf(workspace_id, [device])
    sockets.enterCall(to)
    here.add(callId, to)
    sockets.push(to, 'callState', { callId, state, seq })
  }

  /** The owner has the offer. */
  async #ask(workspace_id: string, call: Call, { socket_id, ...device }: Rung): Promise<void> {
    const { nodes } = this.#parts
    const { _id: callId, owner } = call
    if ('refused' in callTransition(call, { type: 'ring', device })) return
    if (owner === nodes.id) await this.#ring(workspace_id, callId, { ...device, socket_id })
    else nodes.tell('ring', { workspace_id, callId, device, socket_id }, owner)
  }

  /** Rings a device once a connection: one that comes back is rung again. */
  async #ring(workspace_id: string, callId: string, { user_id, device_id, socket_id }: Rung): Promise<void> {
    const { calls, nodes, push, sockets, logger } = this.#parts
    const held = this.#owned.get(callId)
    if (held?.offer === undefined || held.workspace_id !== workspace_id) return
    if (socket_id !== undefined && held.rung.has(socket_id)) return
    // Before the store is asked: a search and the device's own look may find it in the same moment.
    if (socket_id !== undefined) held.rung.add(socket_id)
    const device = { user_id, device_id }
    try {
      const change = await calls.transition(workspace_id, callId, { type: 'ring', device }, nodes.id)
      if ('refused' in change) return
      const to = devicesOf(workspace_id, [device])
      sockets.enterCall(to)
      push(to, 'callUser', held.offer)
    } catch (error) {
      if (socket_id !== undefined) held.rung.delete(socket_id)
      logger.error({ error }, 'A device that has come could not be rung')
    }
  }
}
