import type { DataOf, ErrorCode, RequestName, Requests } from '@dowellchat/protocol'
import type * as z from 'zod/mini'
import type { Act, Audit } from '../identity/audit.ts'
import type { Identity } from '../identity/identity.ts'

type Audited = Pick<Act, 'object' | 'user_id' | 'of'>

/** What a request that succeeded has done; several acts where it did something to several users. */
type ToActs<K extends RequestName> = (
  payload: z.output<Requests[K]['payload']>,
  data: DataOf<K>,
) => Audited | readonly Audited[]

/** Which requests are in the audit trail, and what they are there. */
const audited: { readonly [K in RequestName]?: ToActs<K> } = {
  create_key: (_payload, { key: { _id } }) => ({ object: _id, of: [_id] }),
  rotate_key: ({ key_id }, { key: { _id } }) => ({ object: key_id, of: [_id] }),
  revoke_key: ({ key_id }) => ({ object: key_id, of: [key_id] }),
  revoke_sessions: ({ user_id }, { revoked_before }) => ({ user_id, of: [user_id, revoked_before] }),
  close_room: (_payload, { _id, closed_at }) => ({ object: _id, of: [_id, closed_at] }),
  // Whom they concern is known where the room changes; here they are in case they fail.
  create_room: () => [],
  add_members: () => [],
  remove_members: () => [],
  leave_room: () => [],
  accept_invite: () => [],
  // Once for all of its steps.
  export_user: ({ user_id, after }) =>
    after === undefined ? { object: null, user_id, of: [user_id, new Date().toISOString()] } : [],
  erase_user: (_payload, { replacement, next }) =>
    next === null ? { object: null, user_id: replacement, of: [replacement, new Date().toISOString()] } : [],
  close_ticket: (_payload, { ticket: { _id, user_id, closed_at } }) => ({
    object: _id,
    user_id,
    of: [_id, closed_at],
  }),
}

/** Writes requests to the audit trail once they have ended. */
export interface RequestAudit {
  succeeded(name: RequestName, identity: Identity, address: string, payload: unknown, data: unknown): void
  failed(name: RequestName, identity: Identity, address: string, code: ErrorCode): void
}

// Nothing was done, or the retry tells.
const unaudited: ReadonlySet<ErrorCode> = new Set(['invalid_payload', 'unavailable', 'internal'])

export function auditRequests(audit: Audit): RequestAudit {
  return {
    succeeded(name, identity, address, payload, data) {
      // The table is checked by name, but here the name is a value.
      const toActs = audited[name] as ((payload: unknown, data: unknown) => Audited | Audited[]) | undefined
      if (!toActs) return
      const who = { act: name, ...actorOf(identity), address }
      for (const one of [toActs(payload, data)].flat())
        audit.record(identity.session.workspace_id, { ...who, ...one })
    },

    failed(name, identity, address, result) {
      if (!(name in audited) || unaudited.has(result)) return
      audit.refused(identity.session.workspace_id, { act: name, ...actorOf(identity), address, result })
    },
  }
}

/** Who does something, as the audit trail names them. */
export function actorOf({ session, credential }: Identity): { by: string; key_id: string | null } {
  return { by: session.user_id, key_id: 'key_id' in credential ? credential.key_id : null }
}
