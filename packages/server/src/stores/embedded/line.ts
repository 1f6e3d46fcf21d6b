import { type Load, leastLoaded, type Place } from '../load.ts'
import type { Database } from './sqlite.ts'

/** The line of each workspace. */
export interface Line {
  /**
   * Answers a function that gives one place after the other, undefined once nobody is free. Each place must be written
   * before the next is asked for.
   */
  places(workspaceId: string): () => Place | undefined
}

/** The line of a database: counts, and never a counter. */
export function embeddedLine(db: Database): Line {
  const loads = db.prepare<Load>(
    `SELECT user_id, capacity, (SELECT count(*) FROM tickets
       WHERE workspace_id = line_managers.workspace_id AND line_manager = line_managers.user_id AND is_closed = 0
     ) AS ticket_count
     FROM line_managers WHERE workspace_id = ? AND is_active = 1 ORDER BY positions_in_a_line, n`,
  )
  const taken = 'FROM tickets WHERE workspace_id = ?1 AND line_manager = ?2 AND slot IS NOT NULL'
  const highestSlot = db.prepare<{ slot: number | null }>(`SELECT max(slot) AS slot ${taken}`)
  const firstGap = db.prepare<{ slot: number }>(
    `SELECT slot + 1 AS slot FROM (SELECT 0 AS slot UNION ALL SELECT slot ${taken} ORDER BY slot) AS used
     WHERE NOT EXISTS (SELECT 1 ${taken} AND slot = used.slot + 1) LIMIT 1`,
  )

  function lowestFreeSlot(workspaceId: string, { user_id, ticket_count }: Load): number {
    // Without a gap, which one look tells, the next is free.
    const highest = highestSlot.get(workspaceId, user_id)?.slot ?? 0
    if (highest === ticket_count) return highest + 1
    return firstGap.get(workspaceId, user_id)?.slot ?? highest + 1
  }

  return {
    places(workspaceId) {
      const managers = loads.all(workspaceId)
      return () => {
        const manager = leastLoaded(managers)
        if (!manager) return undefined
        const slot = lowestFreeSlot(workspaceId, manager)
        manager.ticket_count += 1
        return { line_manager: manager.user_id, slot }
      }
    },
  }
}
