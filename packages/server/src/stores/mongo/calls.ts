import { type CallDevice, callDevices } from '@dowellchat/protocol'
import { callChange, isOneTooMany, newCallRow } from '../call.ts'
import { repeated } from '../creation.ts'
import { type CallRow, callFields, toCall } from '../fields/calls.ts'
import { added, boolean, inStore, integer, json } from '../fields/field.ts'
import {
  type Call,
  type CallChange,
  type CallStore,
  type Creation,
  mostOpenCalls,
  type NewCall,
} from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { above } from './where.ts'

/** What MongoDB keeps of a call beside its row. */
interface CallKeys {
  /** How many times it has changed: who changes it names the state that they saw. */
  readonly revision: number
  readonly is_open: boolean
  /** The devices of an open call, to find it by. */
  readonly devices: readonly string[]
  /** Their users. */
  readonly users: readonly string[]
}

export type CallDocument = CallRow & TenantRow & CallKeys

const declaration: Declaration<CallDocument> = {
  fields: {
    ...callFields,
    ...tenantFields,
    revision: inStore(integer),
    is_open: inStore(boolean),
    devices: inStore(json),
    users: added(inStore(json), []),
  },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'cid', key: { workspace_id: 1, user_id: 1, cid: 1 }, unique: true },
    { name: 'devices', key: { workspace_id: 1, devices: 1 }, only: { is_open: true } },
    { name: 'users', key: { workspace_id: 1, users: 1, _id: 1 }, only: { is_open: true } },
    // In every workspace.
    { name: 'owner', key: { is_open: 1, owner: 1, _id: 1 }, only: { is_open: true } },
    // A caller's, to count those that ring.
    { name: 'caller', key: { workspace_id: 1, user_id: 1, is_open: 1 }, only: { is_open: true } },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The calls' documents. */
export function callRows(database: Database): Rows<CallDocument> {
  return database.rows('calls', declaration)
}

/** A call is one document; each change of it is a compare-and-set. */
export function mongoCalls(database: Database): CallStore {
  const calls = callRows(database)
  const { persist } = database.deadlines

  /** Whether the caller rings too many beside this one. */
  async function isBesideTooMany(newCall: NewCall, own?: string): Promise<boolean> {
    const { workspace_id, caller } = newCall
    if (newCall.most_ringing === undefined) return false
    const open = await calls.find({ workspace_id, user_id: caller.user_id, is_open: true })
    const others = open.filter(({ _id }) => _id !== own)
    return isOneTooMany(others.map(toCall), newCall)
  }

  return {
    create(newCall) {
      const { workspace_id, caller, cid, fingerprint } = newCall
      const { user_id } = caller
      const row = newCallRow(newCall)
      return persist<Creation<Call> | { nobody: true }>(async () => {
        const known = await calls.get({ workspace_id, user_id, cid })
        // An earlier try may have stored it and lost the answer.
        if (known && known._id !== row._id) return repeated(known, fingerprint, toCall)
        if (!known) {
          if (newCall.callee_devices.length === 0) return { nobody: true }
          if (await isBesideTooMany(newCall)) return { conflict: 'limit' }
          if ((await calls.insert([toDocument(workspace_id, row)])) === 0) return undefined
        }
        // Of several servers that store calls of one caller at once, each sees the others' now.
        if (!(await isBesideTooMany(newCall, row._id))) return { created: true, row: toCall(row) }
        await calls.remove({ workspace_id, _id: row._id })
        return { conflict: 'limit' }
      }).then((creation) => ('nobody' in creation ? null : creation))
    },

    transition(workspace_id, callId, event, owner) {
      return persist<CallChange>(async () => {
        const row = await calls.get({ workspace_id, _id: callId })
        const change = callChange(row && toCall(row), event, owner)
        if (!row || !('changed' in change && change.changed)) return change
        const written = await calls.change(
          { workspace_id, _id: callId, revision: row.revision },
          { $set: { ...change.call, ...keysOf(change.call) }, $inc: { revision: 1 } },
        )
        return written && change
      })
    },

    async listOpen(workspace_id, device) {
      const rows = await calls.find({ workspace_id, devices: deviceKey(device), is_open: true })
      return rows.map(toCall).sort((a, b) => (a._id > b._id ? -1 : 1))
    },

    async listOpenOf(workspace_id, users) {
      const where = { workspace_id, users, is_open: true }
      return (await calls.find(where, { sort: { _id: -1 }, limit: mostOpenCalls })).map(toCall)
    },

    takeOver(workspace_id, callId, from, to) {
      return persist<{ isTaken: boolean }>(async () => {
        const row = await calls.get({ workspace_id, _id: callId })
        // An earlier try may have changed it and lost the answer.
        if (row?.is_open && row.owner === to) return { isTaken: true }
        if (!row?.is_open || row.owner !== from) return { isTaken: false }
        const written = await calls.change(
          { workspace_id, _id: callId, revision: row.revision },
          { $set: { owner: to }, $inc: { revision: 1 } },
        )
        return written && { isTaken: true }
      }).then(({ isTaken }) => isTaken)
    },

    async owners() {
      const owners: string[] = []
      for (;;) {
        const last = owners.at(-1)
        const where = { is_open: true, ...(last !== undefined && { owner: above(last) }) }
        const [next] = await calls.findEverywhere(where, { fields: ['owner'], sort: { owner: 1 }, limit: 1 })
        if (!next) return owners
        owners.push(next.owner)
      }
    },

    async listOwned(owner, { after, limit }) {
      const where = { is_open: true, owner, _id: above(after) }
      const rows = await calls.findEverywhere(where, { sort: { _id: 1 }, limit })
      return rows.map((row) => ({ workspace_id: row.workspace_id, call: toCall(row) }))
    },
  }
}

/** A new call's document. */
export function toDocument(workspace_id: string, row: CallRow): CallDocument {
  return { ...row, workspace_id, revision: 0, ...keysOf(row) }
}

/** What an open call is found by. */
function keysOf(call: Call): Omit<CallKeys, 'revision'> {
  const is_open = call.state !== 'ended'
  const devices = is_open ? callDevices(call) : []
  // A user who calls their own other device can be in a call twice with the same one.
  return {
    is_open,
    devices: [...new Set(devices.map(deviceKey))],
    users: [...new Set(devices.map(({ user_id }) => user_id))],
  }
}

/** A device as one text; neither part has control characters. */
function deviceKey({ user_id, device_id }: CallDevice): string {
  return `${user_id}\n${device_id}`
}
