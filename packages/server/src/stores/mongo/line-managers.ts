import type { LineManager } from '@dowellchat/protocol'
import { newId } from '../ids.ts'
import type { LineManagerStore } from '../store.ts'
import { createNumbered } from './creating.ts'
import type { Database } from './database.ts'
import { type LineManagerRow, listManagers } from './line-manager-rows.ts'
import { numbersOf } from './numbers.ts'
import type { Rows } from './rows.ts'
import type { TicketLoads } from './ticket-rows.ts'

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
