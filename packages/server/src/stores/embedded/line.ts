import type { Place } from '../load.ts'
import type { Database } from './sqlite.ts'

/** The line of each workspace. */
export interface Line {
  /** A place of whoever is free; undefined where nobody is. It must be written before the next is asked for. */
  next(workspaceId: string): Place | undefined
  /** Moves the manager's last slot into one that was freed, so that there are no gaps to be searched for. */
  fill(workspaceId: string, place: Place): void
}

interface Free {
  readonly line_manager: string
  readonly capacity: number | null
}

/** The line of a database. Whoever is least loaded is the first of an index. */
export function embeddedLine(db: Database): Line {
  const leastLoaded = db.prepare<Free>(
    `SELECT user_id AS line_manager, capacity FROM line_managers
     WHERE workspace_id = ? AND is_active = 1 AND (capacity IS NULL OR ticket_count < capacity)
     ORDER BY ticket_count, positions_in_a_line, n LIMIT 1`,
  )
  const taken = 'FROM tickets WHERE workspace_id = ?1 AND line_manager = ?2 AND slot IS NOT NULL'
  const highestSlot = db.prepare<{ slot: number | null }>(`SELECT max(slot) AS slot ${taken}`)
  const firstGap = db.prepare<{ slot: number }>(
    `SELECT slot + 1 AS slot FROM (SELECT 0 AS slot UNION ALL SELECT slot ${taken} ORDER BY slot) AS used
     WHERE NOT EXISTS (SELECT 1 ${taken} AND slot = used.slot + 1) LIMIT 1`,
  )
  const move = db.prepare(
    `UPDATE tickets SET slot = ?3 WHERE workspace_id = ?1 AND line_manager = ?2 AND slot = ?4`,
  )

  function highest(workspaceId: string, lineManager: string): number {
    return highestSlot.get(workspaceId, lineManager)?.slot ?? 0
  }

  return {
    next(workspaceId) {
      const free = leastLoaded.get(workspaceId)
      if (!free) return undefined
      const { line_manager, capacity } = free
      const next = highest(workspaceId, line_manager) + 1
      if (capacity === null || next <= capacity) return { line_manager, slot: next }
      // Only tickets that came from elsewhere have gaps between their slots.
      return { line_manager, slot: firstGap.get(workspaceId, line_manager)?.slot ?? next }
    },

    fill(workspaceId, { line_manager, slot }) {
      const last = highest(workspaceId, line_manager)
      if (last > slot) move.run(workspaceId, line_manager, slot, last)
    },
  }
}
