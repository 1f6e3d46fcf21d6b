import { nextPace } from '../fields/paces.ts'
import type { RoomStore } from '../store.ts'
import type { Stored } from './columns.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** When members of rooms with slow mode may send the next message. */
export function embeddedPace(db: Database): Sync<RoomStore>['pace'] {
  const { selected, inserted, marks, toRow, valuesOf } = tables.paces
  const own = 'workspace_id = ? AND room = ? AND user_id = ?'
  const byUser = db.prepare<Stored>(`SELECT ${selected} FROM paces WHERE ${own}`)
  const insert = db.prepare(`INSERT INTO paces (workspace_id, ${inserted}) VALUES (?, ${marks})`)
  const update = db.prepare(`UPDATE paces SET (${inserted}) = (${marks}) WHERE ${own}`)

  return (workspaceId, message) => {
    const { room, user_id } = message
    const stored = byUser.get(workspaceId, room, user_id)
    const next = nextPace(stored && toRow(stored), message)
    if (typeof next === 'number') return next
    if (stored) update.run(...valuesOf(next), workspaceId, room, user_id)
    else insert.run(workspaceId, ...valuesOf(next))
    return 0
  }
}
