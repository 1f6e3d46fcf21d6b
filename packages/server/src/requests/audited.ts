import type { DataOf, ErrorCode, RequestName, Requests, Ticket } from '@dowellchat/protocol'
import type * as z from 'zod/mini'
import type { Act, Audit } from '../identity/audit.ts'
import { type Identity, isAnybody } from '../identity/identity.ts'
import { dateNow } from '../time.ts'

type Audited = Pick<Act, 'object' | 'user_id' | 'of'>

type Actor = Pick<Act, 'by' | 'key_id'>

/** What a request that succeeded has done; several acts where it did something to several users. */
type ToActs<K extends RequestName> = (
  payload: z.output<Requests[K]['payload']>,
  data: DataOf<K>,
  actor: Actor,
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
  // Recorded with the version that the room has then.
  mute_member: () => [],
  update_room: ({ slow_mode_ms }, { _id, version }) =>
    slow_mode_ms === undefined ? [] : { object: _id, of: [_id, version] },
  report: (payload, { report_id }) => ({
    object: report_id,
    user_id: 'user_id' in payload ? payload.user_id : null,
    of: [report_id],
  }),
  // The first time counts.
  resolve_report: ({ report_id }) => ({ object: report_id, of: [report_id] }),
  create_invite: ({ room }, { invite }) => ({ object: room, of: [invite] }),
  export_user: ({ user_id }, _data, actor) => stepOf(user_id, actor),
  erase_user: (_payload, { replacement }, actor) => stepOf(replacement, actor),
  resume_webhook: ({ webhook_id }) => ({ object: webhook_id, of: [webhook_id, String(dateNow())] }),
  replay_webhook: ({ webhook_id }) => ({ object: webhook_id, of: [webhook_id, String(dateNow())] }),
  claim_ticket: (_payload, ticket) => givenTo(ticket),
  claim_next: (_payload, ticket) => givenTo(ticket),
  assign_ticket: (_payload, ticket) => givenTo(ticket),
  transfer_ticket: (_payload, ticket) => givenTo(ticket),
  remove_line_manager: (_payload, { user_id }) => ({ user_id, of: [user_id, String(dateNow())] }),
  close_ticket: (_payload, { ticket: { _id, user_id, closed_at } }) => ({
    object: _id,
    user_id,
    of: [_id, closed_at],
  }),
}

const hourMs = 60 * 60 * 1_000

/** Who has a ticket then. */
function givenTo({ _id, line_manager, assigned_at, product }: Ticket): Audited {
  return { object: _id, user_id: line_manager, of: [_id, line_manager, assigned_at, product] }
}

/**
 * One row an hour for all steps of one actor: whoever asks for the second page without the first is in the trail too, and a
 * repetition is not there twice.
 */
function stepOf(user_id: string, { by, key_id }: Actor): Audited {
  return { object: null, user_id, of: [user_id, by, key_id, Math.floor(dateNow() / hourMs)] }
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
      const toActs = audited[name] as
        | ((payload: unknown, data: unknown, actor: Actor) => Audited | Audited[])
        | undefined
      if (!toActs) return
      const actor = actorOf(identity)
      for (const one of [toActs(payload, data, actor)].flat())
        audit.record(identity.session.workspace_id, { act: name, ...actor, address, ...one })
    },

    failed(name, identity, address, result) {
      if (!(name in audited) || unaudited.has(result)) return
      const actor = isAnybody(identity) ? { by: null, key_id: null } : actorOf(identity)
      audit.refused(identity.session.workspace_id, { act: name, ...actor, address, result })
    },
  }
}

/** Who does something, as the audit trail names them. */
export function actorOf({ session, credential }: Identity): { by: string; key_id: string | null } {
  return { by: session.user_id, key_id: 'key_id' in credential ? credential.key_id : null }
}
