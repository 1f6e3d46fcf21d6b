import type { SessionRequests } from '@dowellchat/protocol'
import { helloTo } from '../../sockets/dialects/current.ts'
import { isoNow } from '../../time.ts'
import type { Handlers } from '../handler.ts'

export const sessionHandlers: Handlers<SessionRequests> = {
  async renew_token({ token }, { connection, renewals, isOffered }) {
    return helloTo(await renewals.renew(token, connection), isOffered)
  },

  async revoke_sessions({ user_id, issued_before }, { session: { workspace_id }, store, changes }) {
    const now = isoNow()
    const revoked_before = issued_before !== undefined && issued_before < now ? issued_before : now
    const revocation = await store.revocations.revoke(workspace_id, { user_id, revoked_before })
    await changes.announce({ kind: 'sessions_revoked', workspace_id, ...revocation })
    return revocation
  },
}
