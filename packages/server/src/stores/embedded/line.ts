import type { Strategy } from '@dowellchat/protocol'
import { dateNow, isoNow } from '../../time.ts'
import { hasRoom, type Load, nextOf, type Place } from '../load.ts'
import type { Database } from './sqlite.ts'

/** The line of each workspace. */
export interface Line {
  /** A place of whose turn it is with a topic's tickets; undefined where nobody is free. It must be written before the next is asked for. */
  next(workspaceId: string, product: string): Place | undefined
  /** The next place of a line manager, whatever their capacity. */
  placeOf(workspaceId: string, lineManager: string): Place
  /** Whether a line manager may be given one more; false where they are not there. */
  hasRoom(workspaceId: string, lineManager: string): boolean
  /** Moves the manager's last slot into one that was freed, so that there are no gaps to be searched for. */
  fill(workspaceId: string, place: Place): void
  /** Notes that a line manager was given a ticket just now. */
  served(workspaceId: string, lineManager: string): void
}

type Free = Pick<Load, 'user_id' | 'capacity'>

const isThere = `workspace_id = ?1 AND is_active = 1 AND availability = 'online'
  AND (topics IS NULL OR EXISTS (SELECT 1 FROM json_each(topics) WHERE value = ?2))`

/** The line of a database. Whoever is least loaded is the first of an index. */
export function embeddedLine(db: Database): Line {
  const strategyOf = db.prepare<{ strategy: Strategy }>(
    'SELECT strategy FROM topics WHERE workspace_id = ? AND name = ?',
  )
  const leastLoaded = db.prepare<Free>(
    `SELECT user_id, capacity FROM line_managers INDEXED BY line_managers_free
     WHERE ${isThere} AND (capacity IS NULL OR ticket_count < capacity)
     ORDER BY ticket_count, positions_in_a_line, n LIMIT 1`,
  )
  const everybody = db.prepare<Load>(
    `SELECT user_id, capacity, ticket_count, served_at FROM line_managers INDEXED BY line_managers_place
     WHERE ${isThere} ORDER BY positions_in_a_line, n`,
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
  const managerOf = db.prepare<Free & Pick<Load, 'ticket_count'>>(
    'SELECT user_id, capacity, ticket_count FROM line_managers WHERE workspace_id = ? AND user_id = ?',
  )
  const serve = db.prepare('UPDATE line_managers SET served_at = ? WHERE workspace_id = ? AND user_id = ?')
  const lastServed = db.prepare<{ at: string | null }>('SELECT max(served_at) AS at FROM line_managers')
  let lastMs: number | undefined

  function highest(workspaceId: string, lineManager: string): number {
    return highestSlot.get(workspaceId, lineManager)?.slot ?? 0
  }

  function whoseTurn(workspaceId: string, product: string): Free | undefined {
    const strategy = strategyOf.get(workspaceId, product)?.strategy ?? 'least_loaded'
    if (strategy === 'least_loaded') return leastLoaded.get(workspaceId, product)
    return nextOf(strategy, everybody.all(workspaceId, product))
  }

  function placeOf(workspaceId: string, { user_id: line_manager, capacity }: Free): Place {
    const next = highest(workspaceId, line_manager) + 1
    if (capacity === null || next <= capacity) return { line_manager, slot: next }
    // Only tickets that came from elsewhere have gaps between their slots.
    return { line_manager, slot: firstGap.get(workspaceId, line_manager)?.slot ?? next }
  }

  /** Now, but after every time before: whose turn it is next must be certain, however many are given in a millisecond. */
  function nextTime(): string {
    const known = lastMs ?? Date.parse(lastServed.get()?.at ?? isoNow())
    lastMs = Math.max(dateNow(), known + 1)
    return new Date(lastMs).toISOString()
  }

  return {
    next(workspaceId, product) {
      const free = whoseTurn(workspaceId, product)
      return free && placeOf(workspaceId, free)
    },

    placeOf: (workspaceId, user_id) =>
      placeOf(workspaceId, managerOf.get(workspaceId, user_id) ?? { user_id, capacity: null }),

    hasRoom(workspaceId, user_id) {
      const manager = managerOf.get(workspaceId, user_id)
      return manager !== undefined && hasRoom(manager)
    },

    fill(workspaceId, { line_manager, slot }) {
      const last = highest(workspaceId, line_manager)
      if (last > slot) move.run(workspaceId, line_manager, slot, last)
    },

    served: (workspaceId, lineManager) => void serve.run(nextTime(), workspaceId, lineManager),
  }
}
