import { type CallDevice, callDevices, isSameDevice } from '@dowellchat/protocol'
import { deviceKey } from '../stores/device-key.ts'
import type { Call, OwnedCall as StoredCall } from '../stores/store.ts'
import { dateNow } from '../time.ts'
import { type CallParts, change, pagesOf, placedDevices } from './call-parts.ts'
import type { OwnedCalls } from './owned-calls.ts'

/** Ends the calls of this server that have rung for long enough, or whose devices are connected to no server any more. */
export class OwnCallsCheck {
  readonly #parts: CallParts
  readonly #owned: OwnedCalls

  constructor(parts: CallParts, owned: OwnedCalls) {
    this.#parts = parts
    this.#owned = owned
  }

  async run(): Promise<void> {
    if (this.#owned.size === 0) return
    // Those that are made meanwhile may be missing in a page that was read before.
    const gone = new Set(this.#owned.ids())
    for await (const page of pagesOf(this.#parts.calls, this.#parts.nodes.id)) {
      for (const { call } of page) gone.delete(call._id)
      await this.#checkAll(page)
    }
    for (const id of gone) this.#owned.delete(id)
  }

  async #checkAll(page: readonly StoredCall[]): Promise<void> {
    const { whereabouts } = this.#parts
    const absent = page.flatMap(placedDevices).filter((device) => !whereabouts.isHere(device))
    const { found, isCertain } = await whereabouts.elsewhere(absent)
    // Two workspaces may have one device id.
    const missing = new Set(
      absent.filter((_, at) => !found.has(at)).map((one) => `${one.workspace_id}\n${deviceKey(one)}`),
    )
    for (const stored of page) await this.#check(stored, missing, isCertain)
  }

  async #check(stored: StoredCall, missing: ReadonlySet<string>, isCertain: boolean): Promise<void> {
    const { workspace_id, call } = stored
    const { missingSince } = this.#owned.add(workspace_id, call._id, call)
    const { callGraceMs, ringMs } = this.#parts.limits
    if (call.state !== 'ringing') this.#owned.dropOffer(call._id)
    else if (dateNow() - Date.parse(call.created_at) >= ringMs)
      return change(this.#parts, stored, { type: 'expire' })
    const now = performance.now()
    const devices = callDevices(call)
    const keys = new Set(devices.map(deviceKey))
    for (const key of missingSince.keys()) if (!keys.has(key)) missingSince.delete(key)
    for (const device of devices) {
      const key = deviceKey(device)
      if (!missing.has(`${workspace_id}\n${key}`)) {
        missingSince.delete(key)
        // Its loss was noticed after it had come back.
        if (isAway(call, device)) await change(this.#parts, stored, { type: 'return', device })
        continue
      }
      const since = missingSince.get(key)
      // Until all servers have answered, it may be connected to one that has not.
      if (since === undefined && isCertain) missingSince.set(key, now)
      if (since === undefined || !isCertain || now - since < callGraceMs) continue
      await change(this.#parts, stored, { type: 'lose', device })
    }
  }
}

function isAway({ away }: Call, device: CallDevice): boolean {
  return away.some((one) => isSameDevice(one, device))
}
