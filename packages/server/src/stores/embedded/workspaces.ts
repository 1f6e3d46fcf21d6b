import type { WorkspaceStore } from '../store.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'

interface WorkspaceRow {
  readonly id: string
  readonly key_hashes: string
  readonly guests: number
  readonly retention_days: number | null
}

/** The register of workspaces. */
export function embeddedWorkspaces(db: Database): Sync<WorkspaceStore> {
  const clear = db.prepare('DELETE FROM workspaces')
  const insert = db.prepare(
    'INSERT INTO workspaces (id, key_hashes, guests, retention_days) VALUES (?, ?, ?, ?)',
  )
  const all = db.prepare<WorkspaceRow>(
    'SELECT id, key_hashes, guests, retention_days FROM workspaces ORDER BY id',
  )

  return {
    replaceAll(workspaces) {
      clear.run()
      for (const { _id, key_hashes, guests, retention_days } of workspaces)
        insert.run(_id, JSON.stringify(key_hashes), Number(guests), retention_days)
    },

    list() {
      return all.all().map(({ id, key_hashes, guests, retention_days }) => ({
        _id: id,
        // Written above.
        key_hashes: JSON.parse(key_hashes) as string[],
        guests: guests === 1,
        retention_days,
      }))
    },
  }
}
