import type { AuditRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'

const defaultEntries = 50

export const auditHandlers: Handlers<AuditRequests> = {
  async get_audit({ before, limit = defaultEntries }, { session, store, audit }) {
    // Rows are written a moment behind what they tell of: whoever looks right after an act finds it.
    if (before === undefined) await audit.settled()
    return store.audit.list(session.workspace_id, { limit, ...(before !== undefined && { before }) })
  },
}
