import type { SessionRequests } from '@dowellchat/protocol'
import { helloTo } from '../../sockets/dialects/current.ts'
import type { Revocation } from '../../stores/store.ts'
import { isoNow } from '../../time.ts'
import type { Context, Handlers } from '../handler.ts'

export const sessionHandlers: Handlers<SessionRequests> = {
  async renew_token({ token }, { connection, renewals, isOffered }) {
    return helloTo(await renewals.renew(token, connection), isOffered)
  },

  async revoke_sessions({ user_id, issued_before }, context) {
    const now = isoNow()
    const revoked_before = issued_before !== undefined && issued_before < now ? issued_before : now
    return revoke(context, { user_id, revoked_before })
  },
}

/** Ends the sessions of a user on every server. */
export async function revoke({ session, store, changes }: Context, asked: Revocation): Promise<Revocation> {
  const { workspace_id } = session
  const changeOf = (revocation: Revocation) =>
    ({ kind: 'sessions_revoked', workspace_id, ...revocation }) as const
  const revoking = store.revocations.revoke(workspace_id, asked)
  const revocation = await changes.afterWrite(revoking, async () => {
    const stored = await store.revocations.get(workspace_id, asked.user_id)
    return stored && stored.revoked_before >= asked.revoked_before ? changeOf(stored) : undefined
  })
  await changes.announce(changeOf(revocation))
  return revocation
}
