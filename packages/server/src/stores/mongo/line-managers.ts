import { servingOfAll } from '../attending.ts'
import { newLineManagerRow, toLineManager } from '../fields/line-managers.ts'
import { notBuilt } from '../not-built.ts'
import type { LineManagerStore } from '../store.ts'
import { createNumbered } from './creating.ts'
import type { Database } from './database.ts'
import { type LineManagerDocument, listManagers } from './line-manager-rows.ts'
import { numbersOf } from './numbers.ts'
import type { Rows } from './rows.ts'
import type { TicketLoads } from './ticket-rows.ts'

/** The line managers of each workspace, their tickets counted as they are read. */
export function mongoLineManagers(
  database: Database,
  managers: Rows<LineManagerDocument>,
  ticketLoads: TicketLoads,
): LineManagerStore {
  const numbers = numbersOf(managers)

  return {
    update: notBuilt,
    remove: notBuilt,
    attend: notBuilt,
    absent: notBuilt,
    observe: notBuilt,
    serving: notBuilt,
    async finish(workspace_id, user_id, at) {
      const row = await managers.get({ workspace_id, user_id }, ['finished_at'])
      await managers.change({ workspace_id, user_id }, { $set: { finished_at: at } })
      return row?.finished_at ?? null
    },

    async observed(workspace_id, user_id) {
      const row = await managers.get({ workspace_id, user_id })
      if (!row) return null
      const loads = await ticketLoads(workspace_id, user_id)
      const manager = toLineManager(row, loads.get(user_id)?.taken ?? 0)
      return { manager, serving: servingOfAll(row) }
    },

    async create(manager) {
      const { workspace_id, user_id, created_by, cid } = manager
      const row = newLineManagerRow(manager)
      const creation = await createNumbered(database, managers, numbers, workspace_id, row, {
        make: (n) => ({ ...row, workspace_id, n }),
        byCid: () => managers.get({ workspace_id, created_by, cid }),
        byName: () => managers.get({ workspace_id, user_id }),
        most: manager.most,
      })
      if (!('row' in creation)) return creation
      const loads = await ticketLoads(workspace_id, user_id)
      return { ...creation, row: toLineManager(creation.row, loads.get(user_id)?.taken ?? 0) }
    },

    async get(workspace_id, user_id) {
      const row = await managers.get({ workspace_id, user_id })
      if (!row) return null
      const loads = await ticketLoads(workspace_id, user_id)
      return toLineManager(row, loads.get(user_id)?.taken ?? 0)
    },

    async list(workspaceId) {
      const [rows, loads] = await Promise.all([listManagers(managers, workspaceId), ticketLoads(workspaceId)])
      return rows.map((row) => toLineManager(row, loads.get(row.user_id)?.taken ?? 0))
    },
  }
}
