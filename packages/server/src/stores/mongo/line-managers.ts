import type { LineManager } from '@dowellchat/protocol'
import { newId } from '../ids.ts'
import type { ClientMade, LineManagerStore } from '../store.ts'
import { createNumbered } from './creating.ts'
import type { Database } from './database.ts'
import { type NumberedRow, numbersOf } from './numbers.ts'
import type { Declaration, Rows } from './rows.ts'
import type { TicketLoads } from './ticket-rows.ts'
import { above } from './where.ts'

export interface LineManagerRow extends Omit<LineManager, '_id' | 'ticket_count'>, ClientMade, NumberedRow {
  readonly created_by: string
}

const declaration: Declaration<LineManagerRow> = {
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'place', key: { workspace_id: 1, n: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, created_by: 1, cid: 1 }, unique: true },
    { name: 'user', key: { workspace_id: 1, user_id: 1 }, unique: true },
  ],
}

/** The line managers' rows, which tickets are given to. */
export function lineManagerRows(database: Database): Rows<LineManagerRow> {
  return database.rows('line_managers', declaration)
}

/** A workspace's line managers, lowest position first, then oldest first. There are few: they are sorted here. */
export async function listManagers(
  managers: Rows<LineManagerRow>,
  workspace_id: string,
): Promise<LineManagerRow[]> {
  const rows = await managers.find({ workspace_id, n: above(0) })
  return rows.sort((a, b) => a.positions_in_a_line - b.positions_in_a_line || a.n - b.n)
}

/** The line managers of each workspace, their tickets counted as they are read. */
export function mongoLineManagers(
  database: Database,
  managers: Rows<LineManagerRow>,
  ticketLoads: TicketLoads,
): LineManagerStore {
  const numbers = numbersOf(managers)

  return {
    async create(manager) {
      const { workspace_id, user_id, created_by, cid, fingerprint, capacity, client_created_at } = manager
      const { positions_in_a_line, average_serving_time } = manager
      const rank = { positions_in_a_line, average_serving_time, capacity, is_active: true }
      const made = { _id: newId(), user_id, ...rank, created_at: new Date().toISOString(), client_created_at }
      const creation = await createNumbered(
        database,
        managers,
        numbers,
        workspace_id,
        { cid, fingerprint },
        {
          make: (n) => ({ ...made, workspace_id, n, created_by, cid, fingerprint }),
          byCid: () => managers.get({ workspace_id, created_by, cid }),
          byName: () => managers.get({ workspace_id, user_id }),
        },
      )
      if (!('row' in creation)) return creation
      const loads = await ticketLoads(workspace_id)
      return { ...creation, row: toLineManager(creation.row, loads.get(user_id)?.taken ?? 0) }
    },

    async list(workspaceId) {
      const [rows, loads] = await Promise.all([listManagers(managers, workspaceId), ticketLoads(workspaceId)])
      return rows.map((row) => toLineManager(row, loads.get(row.user_id)?.taken ?? 0))
    },
  }
}

function toLineManager(row: LineManagerRow, ticket_count: number): LineManager {
  const { workspace_id, n, created_by, cid, fingerprint, ...manager } = row
  return { ...manager, ticket_count }
}
