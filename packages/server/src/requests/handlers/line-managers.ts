import type { LineManagerRequests } from '@dowellchat/protocol'
import { agentsOf } from '../../delivery/audience.ts'
import type { Handlers } from '../handler.ts'
import { requireRow } from './access.ts'
import { notBuilt } from './not-built.ts'

function managerLimit(most: number): string {
  return `The workspace has ${most} line managers, which is the most it may have`
}

export const lineManagerHandlers: Handlers<LineManagerRequests> = {
  async create_line_manager({ capacity = null, client_created_at = null, ...payload }, context) {
    const { workspace_id, user_id: created_by } = context.session
    const { fingerprint, limits } = context
    const most = limits.workspaceLineManagers
    const made = { client_created_at, workspace_id, created_by, fingerprint, most }
    const newManager = { ...payload, capacity, ...made }
    const creation = await context.store.lineManagers.create(newManager)
    const name = `Line manager ${payload.user_id}`
    const { row, created } = requireRow(creation, payload.cid, name, managerLimit(most))
    // Also for a repeated request: the earlier try may have failed before this.
    const assigned = await context.lines.assign(workspace_id, context.notify)
    const taken = assigned.filter(({ line_manager }) => line_manager === row.user_id).length
    const manager = { ...row, ticket_count: row.ticket_count + taken }
    if (created) context.notify(agentsOf(workspace_id), 'line_manager_changed', { data: manager })
    else context.resend('line_manager_changed', { data: manager })
    return manager
  },

  update_line_manager: notBuilt,
  remove_line_manager: notBuilt,
  set_line_availability: notBuilt,
  merge_line: notBuilt,
  split_line: notBuilt,

  async get_all_line_managers(_payload, { store, session }) {
    return store.lineManagers.list(session.workspace_id)
  },
}
