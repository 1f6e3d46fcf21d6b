import { type CallDevice, callDevices, isSameDevice, isUnderWay } from '@dowellchat/protocol'
import type { Address, Audience } from '../delivery/audience.ts'
import type { Facts } from '../delivery/facts.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Sockets } from '../sockets/sockets.ts'
import { deviceKey } from '../stores/device-key.ts'
import type { Call, CallStore } from '../stores/store.ts'

type DeviceAddress = Extract<Address, { kind: 'device' }>

interface CallsHereParts {
  readonly calls: Pick<CallStore, 'get'>
  readonly nodes: Pick<Nodes, 'isShared' | 'onMissed'>
  readonly sockets: Pick<Sockets, 'push' | 'hasDevice'>
}

/** How many calls are read at once. */
const readAtOnce = 50

/**
 * The open calls of the devices that are connected here. That a call ends, other servers say over the bus, which may lose it: a
 * device would ring on, or wait for an answer, for ever. So where something may have been missed, it is read how these calls are.
 */
export class CallsHere {
  readonly #parts: CallsHereParts
  /** The devices of each call, by their keys. */
  readonly #calls = new Map<string, Map<string, DeviceAddress>>()
  #hasMissed = false
  /** The calls that are to be read; those that could not be read stand last. */
  readonly #unread = new Set<string>()

  constructor(parts: CallsHereParts) {
    this.#parts = parts
    parts.nodes.onMissed(() => {
      this.#hasMissed = true
    })
  }

  /** Notes those devices of a call that are connected here. V2's pages are left out: they could not tell which call has ended. */
  add(callId: string, { addresses }: Audience): void {
    const { nodes, sockets } = this.#parts
    const here = nodes.isShared ? addresses.filter(isDevice).filter(sockets.hasDevice) : []
    if (here.length === 0) return
    const devices = this.#calls.get(callId) ?? new Map<string, DeviceAddress>()
    this.#calls.set(callId, devices)
    for (const device of here) devices.set(deviceKey(device), device)
  }

  /** Notes a fact that is sent to sockets of this server. */
  told({ addresses }: Audience, fact: keyof Facts, data: unknown): void {
    if (fact === 'callUser') this.add((data as Facts['callUser']).callId, { addresses })
    if (fact !== 'callEnded') return
    const { callId, reason } = data as Facts['callEnded']
    const devices = this.#calls.get(callId)
    for (const address of addresses.filter(isDevice)) devices?.delete(deviceKey(address))
    if (reason !== 'answered_elsewhere') this.delete(callId)
  }

  /** It has ended. */
  delete(callId: string): void {
    this.#calls.delete(callId)
  }

  /** A device has said that it does not answer: it needs to hear no more of a call that goes on. */
  rejected(callId: string, device: CallDevice): void {
    this.#calls.get(callId)?.delete(deviceKey(device))
  }

  /**
   * Tells the devices of what has ended for them, if that may have been missed. What cannot be read is read again at the next run.
   * @throws why something could not be read
   */
  async run(): Promise<void> {
    if (this.#hasMissed) for (const callId of this.#calls.keys()) this.#unread.add(callId)
    this.#hasMissed = false
    const callIds = [...this.#unread]
    const failures: unknown[] = []
    for (let at = 0; at < callIds.length; at += readAtOnce) {
      const some = callIds.slice(at, at + readAtOnce)
      const before = failures.length
      await Promise.all(some.map((callId) => this.#check(callId).catch((error) => failures.push(error))))
      // A store that does not answer would be waited for as often as there are calls.
      if (failures.length - before === some.length) break
    }
    if (failures.length > 0) throw failures[0]
  }

  async #check(callId: string): Promise<void> {
    const { calls } = this.#parts
    this.#unread.delete(callId)
    // Before the call is read: it does not have those yet that come meanwhile.
    const known = [...(this.#calls.get(callId)?.values() ?? [])]
    const [first] = known
    if (!first) return this.delete(callId)
    try {
      this.#tell(callId, await calls.get(first.workspace_id, callId), known)
    } catch (error) {
      this.#unread.add(callId)
      throw error
    }
  }

  /** @param known the devices that it had when it was read: of these, some may have heard meanwhile, or ring anew */
  #tell(callId: string, call: Call | null, known: readonly DeviceAddress[]): void {
    const devices = this.#calls.get(callId)
    const over = known.filter(
      (device) => devices?.get(deviceKey(device)) === device && (!call || isOverFor(device, call)),
    )
    for (const device of over) devices?.delete(deviceKey(device))
    if (devices?.size === 0) this.delete(callId)
    // Who is out of a call that rings has left it by itself.
    if (call?.state === 'ringing') return
    const reason = call && isUnderWay(call) ? 'answered_elsewhere' : (call?.reason ?? 'lost')
    this.#parts.sockets.push({ addresses: over }, 'callEnded', { callId, reason })
  }
}

function isOverFor(device: DeviceAddress, call: Call): boolean {
  return call.state === 'ended' || !callDevices(call).some((one) => isSameDevice(one, device))
}

function isDevice(address: Address): address is DeviceAddress {
  return address.kind === 'device'
}
