import type { AuditRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'

const defaultEntries = 50

export const auditHandlers: Handlers<AuditRequests> = {
  async get_audit({ before, limit = defaultEntries }, { session, store }) {
    return store.audit.list(session.workspace_id, { limit, ...(before !== undefined && { before }) })
  },
}
