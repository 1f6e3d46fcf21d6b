import { callDevices } from '@dowellchat/protocol'
import { callChange, newCallRow, newestOf } from '../call.ts'
import {
  answerRefusal,
  callRefusal,
  claimsOf,
  hasNeverRung,
  isOneTooMany,
  missedBy,
  partiesOf,
  talkClaim,
} from '../call-claims.ts'
import { repeated } from '../creation.ts'
import { deviceKey } from '../device-key.ts'
import { type CallRow, callFields, toCall } from '../fields/calls.ts'
import { added, boolean, inStore, integer, json } from '../fields/field.ts'
import {
  type Call,
  type CallChange,
  type CallCreation,
  type CallStore,
  mostOpenCalls,
  type NewCall,
  seqsOfOwner,
} from '../store.ts'
import type { Database } from './database.ts'
import { isTaken } from './errors.ts'
import { listsOfUsers } from './lookups.ts'
import { type Declaration, type Index, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { above, below, oneOf } from './where.ts'

/** What MongoDB keeps of a call beside its row. */
interface CallKeys {
  /** How many times it has changed: who changes it names the state that they saw. */
  readonly revision: number
  readonly is_open: boolean
  /** The devices of an open call, to find it by. */
  readonly devices: readonly string[]
  /** Their users. */
  readonly users: readonly string[]
  /**
   * What no other call has, as `claimsOf` says. A call from before, or from elsewhere, may lack some that another had already.
   */
  readonly claims: readonly string[]
  /** The users who find it in their history. */
  readonly parties: readonly string[]
  /** Those of them who have missed it. */
  readonly missed_by: readonly string[]
}

export type CallDocument = CallRow & TenantRow & CallKeys

/** Lists without a claim are not in it: to a unique index they would all be the same. */
export const claimsIndex: Index<CallDocument> = {
  name: 'claims',
  key: { workspace_id: 1, claims: 1 },
  unique: true,
  only: { claims: { $gt: '' } },
}

const declaration: Declaration<CallDocument> = {
  fields: {
    ...callFields,
    ...tenantFields,
    revision: inStore(integer),
    is_open: inStore(boolean),
    devices: inStore(json),
    users: added(inStore(json), []),
    claims: added(inStore(json), []),
    parties: added(inStore(json), []),
    missed_by: added(inStore(json), []),
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
    claimsIndex,
    { name: 'parties', key: { workspace_id: 1, parties: 1, _id: 1 } },
    { name: 'missed_by', key: { workspace_id: 1, missed_by: 1, _id: 1 } },
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
  async function isBesideTooMany(newCall: NewCall, own: string): Promise<boolean> {
    const { workspace_id, caller } = newCall
    if (newCall.most_ringing === undefined) return false
    const open = await calls.find({ workspace_id, user_id: caller.user_id, is_open: true })
    const others = open.filter(({ _id }) => _id !== own)
    return isOneTooMany(others.map(toCall), newCall)
  }

  /** The calls that have one of some claims, without those that a server of an older version has left with claims of before. */
  async function holdersOf(workspace_id: string, claims: readonly string[]): Promise<CallDocument[]> {
    const found = await calls.find({ workspace_id, claims: oneOf(claims) })
    const holders: CallDocument[] = []
    for (const row of found) {
      const now = claimsOf(toCall(row))
      const left = row.claims.filter((claim) => now.includes(claim))
      if (left.length === row.claims.length) holders.push(row)
      else {
        const { _id, revision } = row
        await calls.change({ workspace_id, _id, revision }, { $set: { claims: left } })
      }
    }
    return holders
  }

  /** Stores an answer, or anything else that happens to a call. False if it has changed meanwhile, or another call has its claims. */
  async function write({ workspace_id, _id, revision }: CallDocument, call: Call, isAnswer: boolean) {
    const isSettled = isAnswer || call.state === 'ended'
    const $set = { ...call, ...keysOf(call), ...(isSettled && { claims: claimsOf(call) }) }
    try {
      return await calls.change({ workspace_id, _id, revision }, { $set, $inc: { revision: 1 } })
    } catch (error) {
      if (!isTaken(error)) throw error
      await holdersOf(workspace_id, claimsOf(call))
      return false
    }
  }

  const openOfUser = listsOfUsers(
    database.deadlines,
    (workspace_id, users, limit) =>
      calls.find({ workspace_id, users: oneOf(users), is_open: true }, { sort: { _id: -1 }, limit }),
    ({ users }, user) => users.includes(user),
  )

  return {
    create(newCall) {
      const { workspace_id, caller, cid, fingerprint } = newCall
      const { user_id } = caller
      const row = newCallRow(newCall)
      const isMadeBy = (one: CallRow) => one.user_id === user_id && one.cid === cid
      return persist<{ readonly creation: CallCreation }>(async () => {
        const known = await calls.get({ workspace_id, user_id, cid })
        // An earlier try may have stored it and lost the answer.
        if (known && known._id !== row._id) return { creation: repeated(known, fingerprint, toCall) }
        if (!known) {
          if (hasNeverRung(newCall) && !newCall.unreached) return { creation: null }
          const holders = await holdersOf(workspace_id, [talkClaim(user_id), ...claimsOf(row)])
          // Another server has made it just now.
          if (holders.some(isMadeBy)) return undefined
          const refusal = callRefusal(holders.map(toCall), newCall)
          if (refusal) return { creation: refusal }
          if (await isBesideTooMany(newCall, row._id)) return { creation: { conflict: 'limit' } }
          // Where one of its keys has been taken meanwhile, it is looked at again.
          if ((await calls.insert([toDocument(workspace_id, row)])) === 0) return undefined
        }
        // Of several servers that store calls of one caller at once, each sees the others' now.
        if (!(await isBesideTooMany(newCall, row._id)))
          return { creation: { created: true, row: toCall(row) } }
        await calls.remove({ workspace_id, _id: row._id })
        return { creation: { conflict: 'limit' } }
      }).then(({ creation }) => creation)
    },

    async get(workspace_id, callId) {
      const row = await calls.get({ workspace_id, _id: callId })
      return row ? toCall(row) : null
    },

    async history(workspace_id, users, { missed = false, before, limit }) {
      const older = before === undefined ? {} : { _id: below(before) }
      const pages = users.map((user) => {
        const where = { workspace_id, ...(missed ? { missed_by: user } : { parties: user }), ...older }
        return calls.find(where, { sort: { _id: -1 }, limit })
      })
      return newestOf((await Promise.all(pages)).flat().map(toCall), limit)
    },

    transition(workspace_id, callId, event, owner) {
      return persist<CallChange>(async () => {
        const row = await calls.get({ workspace_id, _id: callId })
        const change = callChange(row && toCall(row), event, owner)
        if (!row || !('changed' in change && change.changed)) return change
        const isAnswer = event.type === 'answer'
        if (isAnswer) {
          const holders = await holdersOf(workspace_id, claimsOf(change.call))
          const refusal = answerRefusal(change.call, holders.map(toCall))
          if (refusal) return refusal
        }
        return (await write(row, change.call, isAnswer)) ? change : undefined
      })
    },

    async listOpen(workspace_id, device) {
      const rows = await calls.find({ workspace_id, devices: deviceKey(device), is_open: true })
      return rows.map(toCall).sort((a, b) => (a._id > b._id ? -1 : 1))
    },

    async listOpenOf(workspaceId, user_id) {
      return (await openOfUser(workspaceId, { user_id, limit: mostOpenCalls })).map(toCall)
    },

    takeOver(workspace_id, callId, from, to) {
      return persist<{ isTaken: boolean }>(async () => {
        const row = await calls.get({ workspace_id, _id: callId })
        // An earlier try may have changed it and lost the answer.
        if (row?.is_open && row.owner === to) return { isTaken: true }
        if (!row?.is_open || row.owner !== from) return { isTaken: false }
        const written = await calls.change(
          { workspace_id, _id: callId, revision: row.revision },
          { $set: { owner: to }, $inc: { revision: 1, seq: seqsOfOwner } },
        )
        return written ? { isTaken: true } : undefined
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
  const found = { parties: partiesOf(row), claims: claimsOf(row) }
  return { ...row, workspace_id, revision: 0, ...keysOf(row), ...found }
}

/** The document of a call from elsewhere. Where it was its claims may have been others': it has those of its answer and later ones. */
export function toMovedDocument(workspace_id: string, row: CallRow): CallDocument {
  return { ...toDocument(workspace_id, row), claims: [] }
}

/** What a call is found by as it is. */
function keysOf(call: Call): Omit<CallKeys, 'revision' | 'claims' | 'parties'> {
  const is_open = call.state !== 'ended'
  const devices = is_open ? callDevices(call) : []
  // A user who calls their own other device can be in a call twice with the same one.
  return {
    is_open,
    devices: [...new Set(devices.map(deviceKey))],
    users: [...new Set(devices.map(({ user_id }) => user_id))],
    missed_by: missedBy(call),
  }
}
