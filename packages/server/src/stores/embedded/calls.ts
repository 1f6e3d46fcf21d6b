import { type CallDevice, callDevices, callTransition } from '@dowellchat/protocol'
import { v7 as uuidv7 } from 'uuid'
import { changedCall, ringingCall } from '../call.ts'
import { repeated } from '../creation.ts'
import type { Call, CallStore } from '../store.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'

interface CallRow {
  readonly n: number
  readonly workspace_id: string
  readonly fingerprint: string
  readonly body: string
}

/** A call is one JSON text; the devices of an open one are rows, to find it by. */
export function embeddedCalls(db: Database): Sync<CallStore> {
  const select = 'SELECT n, calls.workspace_id, fingerprint, body FROM calls'
  const byCid = db.prepare<CallRow>(`${select} WHERE cid = ? AND workspace_id = ? AND user_id = ?`)
  const byId = db.prepare<CallRow>(`${select} WHERE workspace_id = ? AND id = ?`)
  const openOf = db.prepare<CallRow>(
    `${select} JOIN call_devices ON call_n = n
     WHERE call_devices.workspace_id = ? AND call_devices.user_id = ? AND device_id = ? ORDER BY n DESC`,
  )
  const allOpen = db.prepare<CallRow>(`${select} WHERE n IN (SELECT call_n FROM call_devices) ORDER BY n`)
  const insert = db.prepare<{ n: number }>(
    `INSERT INTO calls (workspace_id, id, user_id, cid, fingerprint, body) VALUES (?, ?, ?, ?, ?, ?) RETURNING n`,
  )
  const update = db.prepare('UPDATE calls SET body = ? WHERE n = ?')
  const clearDevices = db.prepare('DELETE FROM call_devices WHERE call_n = ?')
  // A user who calls their own other device can be in a call twice with the same one.
  const insertDevice = db.prepare(
    'INSERT OR IGNORE INTO call_devices (workspace_id, user_id, device_id, call_n) VALUES (?, ?, ?, ?)',
  )

  /** The devices of an open call are what `listOpen` finds it by; one that has ended has none. */
  function writeDevices(workspaceId: string, n: number, call: Call): void {
    clearDevices.run(n)
    if (call.state === 'ended') return
    for (const { user_id, device_id } of callDevices(call))
      insertDevice.run(workspaceId, user_id, device_id, n)
  }

  function write({ workspace_id, n }: CallRow, call: Call): void {
    update.run(JSON.stringify(call), n)
    writeDevices(workspace_id, n, call)
  }

  return {
    create(newCall) {
      const { workspace_id, caller, cid, fingerprint } = newCall
      const known = byCid.get(cid, workspace_id, caller.user_id)
      if (known) return repeated(known, fingerprint, toCall)
      if (newCall.callee_devices.length === 0) return null
      // Ids that rise within this process: the newest of a device's calls is told by them.
      const call = ringingCall(uuidv7(), newCall)
      const row = insert.get(workspace_id, call._id, caller.user_id, cid, fingerprint, JSON.stringify(call))
      if (!row) throw new Error('An inserted call answers its number')
      writeDevices(workspace_id, row.n, call)
      return { created: true, row: call }
    },

    transition(workspaceId, callId, event) {
      const row = byId.get(workspaceId, callId)
      // The text of a call that the device has no part in.
      if (!row) return { refused: 'not_found', why: 'There is no such call' }
      const before = toCall(row)
      const transition = callTransition(before, event)
      if ('refused' in transition) return transition
      if (!transition.changed) return { changed: false, before, call: before }
      const call = changedCall(before, transition.status, event.type === 'answer')
      write(row, call)
      return { changed: true, before, call }
    },

    listOpen(workspaceId: string, { user_id, device_id }: CallDevice) {
      return openOf.all(workspaceId, user_id, device_id).map(toCall)
    },

    endAll() {
      for (const row of allOpen.all()) {
        const call = toCall(row)
        write(row, changedCall(call, { ...call, state: 'ended', reason: 'lost' }, false))
      }
    },
  }
}

function toCall({ body }: CallRow): Call {
  // Written by this file alone.
  return JSON.parse(body) as Call
}
