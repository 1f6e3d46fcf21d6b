import type { WorkspaceStore } from '../store.ts'
import type { Stored } from './columns.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'
import { tables } from './tables.ts'

/** The register of workspaces. */
export function embeddedWorkspaces(db: Database): Sync<WorkspaceStore> {
  const { selected, inserted, marks, toRow, valuesOf } = tables.workspaces
  const clear = db.prepare('DELETE FROM workspaces')
  const insert = db.prepare(`INSERT INTO workspaces (${inserted}) VALUES (${marks})`)
  const all = db.prepare<Stored>(`SELECT ${selected} FROM workspaces ORDER BY id`)

  return {
    replaceAll(workspaces) {
      clear.run()
      for (const workspace of workspaces) insert.run(...valuesOf(workspace))
    },

    list() {
      return all.all().map(toRow)
    },
  }
}
