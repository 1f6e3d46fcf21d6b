import { type CallDevice, callDevices, isUnderWay } from '@dowellchat/protocol'
import { callChange, newCallRow, newestOf } from '../call.ts'
import {
  answerRefusal,
  calleesOf,
  callRefusal,
  hasNeverRung,
  missedBy,
  partiesOf,
  talkersOf,
} from '../call-claims.ts'
import { repeated } from '../creation.ts'
import { deviceKey } from '../device-key.ts'
import { type CallRow, toCall } from '../fields/calls.ts'
import { type Call, type CallStore, mostOpenCalls, type NewCall, seqsOfOwner } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

type Numbered = Stored & { readonly n: number; readonly workspace_id: string }

/** After every id of a call. */
const afterAll = '\u{10ffff}'

/** The calls; the devices and the owner of an open one are rows, to find it by, and so are the users of each. */
export function embeddedCalls(db: Database, report: Report): Sync<CallStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.calls
  const select = `SELECT n, calls.workspace_id, ${selected} FROM calls`
  const byCid = db.prepare<Stored>(`${select} WHERE cid = ? AND workspace_id = ? AND user_id = ?`)
  const byId = db.prepare<Numbered>(`${select} WHERE workspace_id = ? AND id = ?`)
  const openOf = db.prepare<Stored>(
    `${select} JOIN call_devices ON call_n = n
     WHERE call_devices.workspace_id = ? AND call_devices.user_id = ? AND device_id = ? ORDER BY n DESC`,
  )
  const openOfCallers = db.prepare<Stored>(
    `${select} WHERE n IN (SELECT call_n FROM call_devices
       WHERE workspace_id = ?1 AND user_id IN (SELECT value FROM json_each(?2)))
     AND user_id IN (SELECT value FROM json_each(?2))`,
  )
  const openOfUser = db.prepare<Stored>(
    `${select} WHERE n IN (SELECT call_n FROM call_devices WHERE workspace_id = ? AND user_id = ?) ORDER BY n DESC LIMIT ?`,
  )
  const pageOf = (parties: string, condition = '') =>
    db.prepare<Stored>(
      `${select} WHERE n IN (SELECT call_n FROM ${parties}
         WHERE workspace_id = ? AND user_id = ? AND id < ?${condition} ORDER BY id DESC LIMIT ?)
       ORDER BY calls.id DESC`,
    )
  const ofUser = pageOf('call_parties')
  const missedByUser = pageOf('call_parties INDEXED BY call_parties_missed', ' AND is_missed = 1')
  const talksOfUsers = db.prepare<Stored>(
    `${select} WHERE n IN (SELECT call_n FROM call_devices
       WHERE workspace_id = ? AND user_id IN (SELECT value FROM json_each(?)) AND is_talking = 1)`,
  )
  const owners = db.prepare<{ owner: string }>('SELECT DISTINCT owner FROM open_calls ORDER BY owner')
  const ownedBy = db.prepare<Numbered>(
    `${select} JOIN open_calls ON call_n = n WHERE open_calls.owner = ? AND open_calls.id > ? ORDER BY open_calls.id LIMIT ?`,
  )
  const insert = db.prepare<{ n: number }>(
    `INSERT INTO calls (workspace_id, ${inserted}) VALUES (?, ${marks}) RETURNING n`,
  )
  const update = db.prepare(`UPDATE calls SET (${inserted}) = (${marks}) WHERE n = ?`)
  const devices = callDeviceRows(db)
  const parties = callPartyRows(db)

  const callsOf = (workspace_id: string, stored: readonly Stored[]): Call[] =>
    readable(stored, (one) => toCall(toRow(one)), { workspace_id, collection: 'calls', report })

  /** The calls that users are in. Of those that ring them there may be any number, of these one. */
  const talksOf = (workspaceId: string, users: readonly string[]): Call[] =>
    callsOf(workspaceId, talksOfUsers.all(workspaceId, JSON.stringify(users)))

  /** What may be in the way of a new call: what its caller is in, and the open calls that any of its users has begun. */
  function openBeside(workspaceId: string, newCall: NewCall): Call[] {
    const { user_id } = newCall.caller
    const begun = openOfCallers.all(workspaceId, JSON.stringify([user_id, ...calleesOf(newCall)]))
    return [...talksOf(workspaceId, [user_id]), ...callsOf(workspaceId, begun)]
  }

  function write({ workspace_id, n }: Numbered, row: CallRow, call: Call): void {
    update.run(...valuesOf({ ...row, ...call }), n)
    devices.change(workspace_id, n, toCall(row), call)
    if (missedBy(call).length > 0) parties.add(workspace_id, n, call)
  }

  return {
    create(newCall) {
      const { workspace_id, caller, cid, fingerprint } = newCall
      const known = byCid.get(cid, workspace_id, caller.user_id)
      if (known) return repeated(toRow(known), fingerprint, toCall)
      if (hasNeverRung(newCall) && !newCall.unreached) return null
      const refusal = callRefusal(openBeside(workspace_id, newCall), newCall)
      if (refusal) return refusal
      const row = newCallRow(newCall)
      const inserted = insert.get(workspace_id, ...valuesOf(row))
      if (!inserted) throw new Error('An inserted call answers its number')
      const call = toCall(row)
      devices.add(workspace_id, inserted.n, call)
      parties.add(workspace_id, inserted.n, call)
      return { created: true, row: call }
    },

    get(workspaceId, callId) {
      const stored = byId.get(workspaceId, callId)
      return stored ? toCall(toRow(stored)) : null
    },

    history(workspaceId, userIds, { missed = false, before = afterAll, limit }) {
      const page = missed ? missedByUser : ofUser
      const found = userIds.flatMap((userId) => page.all(workspaceId, userId, before, limit))
      return newestOf(callsOf(workspaceId, found), limit)
    },

    transition(workspaceId, callId, event, owner) {
      const stored = byId.get(workspaceId, callId)
      const row = stored && toRow(stored)
      const change = callChange(row && toCall(row), event, owner)
      if (!row || !('changed' in change) || !change.changed) return change
      const { call } = change
      const isAnswer = event.type === 'answer'
      const refusal = isAnswer && answerRefusal(call, talksOf(workspaceId, talkersOf(call)))
      if (refusal) return refusal
      write(stored, row, call)
      return change
    },

    listOpen: (workspaceId, { user_id, device_id }) =>
      callsOf(workspaceId, openOf.all(workspaceId, user_id, device_id)),

    listOpenOf: (workspaceId, userId) =>
      callsOf(workspaceId, openOfUser.all(workspaceId, userId, mostOpenCalls)),

    takeOver(workspaceId, callId, from, to) {
      const stored = byId.get(workspaceId, callId)
      const row = stored && toRow(stored)
      if (!row || row.state === 'ended' || row.owner !== from) return false
      write(stored, row, { ...toCall(row), owner: to, seq: row.seq + seqsOfOwner })
      return true
    },

    owners: () => owners.all().map(({ owner }) => owner),

    listOwned(owner, { after, limit }) {
      return readable(
        ownedBy.all(owner, after, limit),
        (one) => ({ workspace_id: one.workspace_id, call: toCall(toRow(one)) }),
        { workspace_id: null, collection: 'calls', report },
      )
    },
  }
}

/** Rows that a call is found by. */
export interface CallFinders {
  clear(n: number): void
  add(workspaceId: string, n: number, call: Call): void
}

interface CallDevices extends CallFinders {
  /** As `clear` and `add`. A device that comes to a call of many, or leaves it, costs one row. */
  change(workspaceId: string, n: number, before: Call, after: Call): void
}

/** The devices and owners of open calls. */
export function callDeviceRows(db: Database): CallDevices {
  const clears = ['call_devices', 'open_calls'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE call_n = ?`),
  )
  const insertOwner = db.prepare('INSERT INTO open_calls (owner, id, call_n) VALUES (?, ?, ?)')
  const insert = db.prepare(
    'INSERT INTO call_devices (workspace_id, user_id, device_id, call_n, is_talking) VALUES (?, ?, ?, ?, ?)',
  )
  const remove = db.prepare(
    'DELETE FROM call_devices WHERE workspace_id = ? AND user_id = ? AND device_id = ? AND call_n = ?',
  )

  function clear(n: number): void {
    for (const clear of clears) clear.run(n)
  }

  function put(workspaceId: string, n: number, call: Call, devices: Iterable<CallDevice>): void {
    const isTalking = Number(isUnderWay(call))
    for (const { user_id, device_id } of devices) insert.run(workspaceId, user_id, device_id, n, isTalking)
  }

  function add(workspaceId: string, n: number, call: Call): void {
    const devices = devicesByKey(call)
    if (devices.size > 0) insertOwner.run(call.owner, call._id, n)
    put(workspaceId, n, call, devices.values())
  }

  return {
    clear,
    add,
    change(workspaceId, n, before, after) {
      const [had, has] = [devicesByKey(before), devicesByKey(after)]
      const isOther = before.owner !== after.owner || isUnderWay(before) !== isUnderWay(after)
      if (isOther || had.size === 0 || has.size === 0) {
        clear(n)
        add(workspaceId, n, after)
        return
      }
      for (const [key, { user_id, device_id }] of had)
        if (!has.has(key)) remove.run(workspaceId, user_id, device_id, n)
      const come = [...has].flatMap(([key, device]) => (had.has(key) ? [] : [device]))
      put(workspaceId, n, after, come)
    },
  }
}

/** The devices by which an open call is found, each once. */
function devicesByKey(call: Call): ReadonlyMap<string, CallDevice> {
  const devices = call.state === 'ended' ? [] : callDevices(call)
  return new Map(devices.map((device) => [deviceKey(device), device]))
}

/** The users of all calls, and whether they have missed them. They stay when a call ends. */
export function callPartyRows(db: Database): CallFinders {
  const clear = db.prepare('DELETE FROM call_parties WHERE call_n = ?')
  const put = db.prepare(
    'INSERT OR REPLACE INTO call_parties (workspace_id, user_id, id, call_n, is_missed) VALUES (?, ?, ?, ?, ?)',
  )
  return {
    clear(n) {
      clear.run(n)
    },
    add(workspaceId, n, call) {
      const missed = missedBy(call)
      for (const user of partiesOf(call))
        put.run(workspaceId, user, call._id, n, Number(missed.includes(user)))
    },
  }
}
