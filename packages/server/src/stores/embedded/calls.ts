import { type CallDevice, callDevices } from '@dowellchat/protocol'
import { callChange, isOneTooMany, newCallRow } from '../call.ts'
import { repeated } from '../creation.ts'
import { type CallRow, toCall } from '../fields/calls.ts'
import { type Call, type CallStore, mostOpenCalls } from '../store.ts'
import type { Stored } from './columns.ts'
import { type Report, readable } from './damage.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

type Numbered = Stored & { readonly n: number; readonly workspace_id: string }

/** The calls; the devices and the owner of an open one are rows, to find it by. */
export function embeddedCalls(db: Database, report: Report): Sync<CallStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.calls
  const select = `SELECT n, calls.workspace_id, ${selected} FROM calls`
  const byCid = db.prepare<Stored>(`${select} WHERE cid = ? AND workspace_id = ? AND user_id = ?`)
  const byId = db.prepare<Numbered>(`${select} WHERE workspace_id = ? AND id = ?`)
  const openOf = db.prepare<Stored>(
    `${select} JOIN call_devices ON call_n = n
     WHERE call_devices.workspace_id = ? AND call_devices.user_id = ? AND device_id = ? ORDER BY n DESC`,
  )
  const openOfCaller = db.prepare<Stored>(
    `${select} WHERE n IN (SELECT call_n FROM call_devices WHERE workspace_id = ?1 AND user_id = ?2) AND user_id = ?2`,
  )
  const openOfUser = db.prepare<Stored>(
    `${select} WHERE n IN (SELECT call_n FROM call_devices WHERE workspace_id = ? AND user_id = ?) ORDER BY n DESC LIMIT ?`,
  )
  const owners = db.prepare<{ owner: string }>('SELECT DISTINCT owner FROM open_calls ORDER BY owner')
  const ownedBy = db.prepare<Numbered>(
    `${select} JOIN open_calls ON call_n = n WHERE open_calls.owner = ? AND open_calls.id > ? ORDER BY open_calls.id LIMIT ?`,
  )
  const insert = db.prepare<{ n: number }>(
    `INSERT INTO calls (workspace_id, ${inserted}) VALUES (?, ${marks}) RETURNING n`,
  )
  const update = db.prepare(`UPDATE calls SET (${inserted}) = (${marks}) WHERE n = ?`)
  const { clear, add } = callDeviceRows(db)

  function write({ workspace_id, n }: Numbered, row: CallRow, call: Call): void {
    update.run(...valuesOf({ ...row, ...call }), n)
    clear(n)
    add(workspace_id, n, call)
  }

  return {
    create(newCall) {
      const { workspace_id, caller, cid, fingerprint } = newCall
      const known = byCid.get(cid, workspace_id, caller.user_id)
      if (known) return repeated(toRow(known), fingerprint, toCall)
      if (newCall.callee_devices.length === 0) return null
      const open = openOfCaller.all(workspace_id, caller.user_id).map((stored) => toCall(toRow(stored)))
      if (isOneTooMany(open, newCall)) return { conflict: 'limit' }
      const row = newCallRow(newCall)
      const inserted = insert.get(workspace_id, ...valuesOf(row))
      if (!inserted) throw new Error('An inserted call answers its number')
      const call = toCall(row)
      add(workspace_id, inserted.n, call)
      return { created: true, row: call }
    },

    transition(workspaceId, callId, event, owner) {
      const stored = byId.get(workspaceId, callId)
      const row = stored && toRow(stored)
      const change = callChange(row && toCall(row), event, owner)
      if (row && 'changed' in change && change.changed) write(stored, row, change.call)
      return change
    },

    listOpen(workspaceId, { user_id, device_id }) {
      const stored = openOf.all(workspaceId, user_id, device_id)
      return readable(stored, (one) => toCall(toRow(one)), {
        workspace_id: workspaceId,
        collection: 'calls',
        report,
      })
    },

    listOpenOf(workspace_id, userId) {
      const stored = openOfUser.all(workspace_id, userId, mostOpenCalls)
      return readable(stored, (one) => toCall(toRow(one)), { workspace_id, collection: 'calls', report })
    },

    takeOver(workspaceId, callId, from, to) {
      const stored = byId.get(workspaceId, callId)
      const row = stored && toRow(stored)
      if (!row || row.state === 'ended' || row.owner !== from) return false
      write(stored, row, { ...toCall(row), owner: to })
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

/** The devices and owners of open calls, to find them by. */
export interface CallDeviceRows {
  clear(n: number): void
  /** Adds those of a call that has not ended. */
  add(workspaceId: string, n: number, call: Call): void
}

export function callDeviceRows(db: Database): CallDeviceRows {
  const clears = ['call_devices', 'open_calls'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE call_n = ?`),
  )
  const insertOwner = db.prepare('INSERT INTO open_calls (owner, id, call_n) VALUES (?, ?, ?)')
  // A user who calls their own other device can be in a call twice with the same one.
  const insert = db.prepare(
    'INSERT OR IGNORE INTO call_devices (workspace_id, user_id, device_id, call_n) VALUES (?, ?, ?, ?)',
  )
  return {
    clear(n) {
      for (const clear of clears) clear.run(n)
    },
    add(workspaceId, n, call) {
      const devices: readonly CallDevice[] = call.state === 'ended' ? [] : callDevices(call)
      if (devices.length > 0) insertOwner.run(call.owner, call._id, n)
      for (const { user_id, device_id } of devices) insert.run(workspaceId, user_id, device_id, n)
    },
  }
}
