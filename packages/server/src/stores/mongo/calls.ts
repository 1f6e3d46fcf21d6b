import { type CallDevice, callDevices, callTransition } from '@dowellchat/protocol'
import { v7 as uuidv7 } from 'uuid'
import { changedCall, ringingCall } from '../call.ts'
import { repeated } from '../creation.ts'
import type { Call, CallChange, CallStore, ClientMade, Creation } from '../store.ts'
import type { Database } from './database.ts'
import type { Declaration, TenantRow } from './rows.ts'

/** A call as it is kept. */
export interface CallRow extends Call, ClientMade, TenantRow {
  /** The caller's. */
  readonly user_id: string
  /** How many times it has changed: who changes it names the state that they saw. */
  readonly revision: number
  readonly is_open: boolean
  /** The devices of an open call, to find it by. */
  readonly devices: readonly string[]
}

const declaration: Declaration<CallRow> = {
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'cid', key: { workspace_id: 1, user_id: 1, cid: 1 }, unique: true },
    { name: 'devices', key: { workspace_id: 1, devices: 1 }, only: { is_open: true } },
    // For `endAll`, which looks in every workspace.
    { name: 'open', key: { is_open: 1 }, only: { is_open: true } },
  ],
}

/** A call is one row; each change of it is a compare-and-set. */
export function mongoCalls(database: Database): CallStore {
  const calls = database.rows('calls', declaration)
  const { persist } = database.deadlines

  return {
    create(newCall) {
      const { workspace_id, caller, cid, fingerprint } = newCall
      const { user_id } = caller
      return persist<Creation<Call> | { nobody: true }>(async () => {
        const known = await calls.get({ workspace_id, user_id, cid })
        if (known) return repeated(known, fingerprint, toCall)
        if (newCall.callee_devices.length === 0) return { nobody: true }
        // Ids that rise within this process: the newest of a device's calls is told by them.
        const call = ringingCall(uuidv7(), newCall)
        const made = { workspace_id, user_id, cid, fingerprint, revision: 0 }
        const isNew = (await calls.insert([{ ...call, ...made, ...placesOf(call) }])) === 1
        return isNew ? { created: true, row: call } : undefined
      }).then((creation) => ('nobody' in creation ? null : creation))
    },

    transition(workspace_id, callId, event) {
      return persist<CallChange>(async () => {
        const row = await calls.get({ workspace_id, _id: callId })
        // The text of a call that the device has no part in.
        if (!row) return { refused: 'not_found', why: 'There is no such call' }
        const before = toCall(row)
        const transition = callTransition(before, event)
        if ('refused' in transition) return transition
        if (!transition.changed) return { changed: false, before, call: before }
        const call = changedCall(before, transition.status, event.type === 'answer')
        const changed = await calls.change(
          { workspace_id, _id: callId, revision: row.revision },
          { $set: { ...call, ...placesOf(call) }, $inc: { revision: 1 } },
        )
        return changed && { changed: true, before, call }
      })
    },

    async listOpen(workspace_id, device) {
      const rows = await calls.find({ workspace_id, devices: deviceKey(device), is_open: true })
      return rows.map(toCall).sort((a, b) => (a._id > b._id ? -1 : 1))
    },

    async endAll() {
      const ended = { state: 'ended', reason: 'lost', ended_at: new Date().toISOString() } as const
      await calls.changeEverywhere(
        { is_open: true },
        { $set: { ...ended, is_open: false, devices: [] }, $inc: { revision: 1 } },
      )
    },
  }
}

/** What an open call is found by. */
export function placesOf(call: Call): Pick<CallRow, 'is_open' | 'devices'> {
  const is_open = call.state !== 'ended'
  // A user who calls their own other device can be in a call twice with the same one.
  return { is_open, devices: is_open ? [...new Set(callDevices(call).map(deviceKey))] : [] }
}

/** The call of a row. */
export function toCall(row: CallRow): Call {
  const { workspace_id, user_id, cid, fingerprint, revision, is_open, devices, ...call } = row
  return call
}

/** A device as one text; neither part has control characters. */
function deviceKey({ user_id, device_id }: CallDevice): string {
  return `${user_id}\n${device_id}`
}
