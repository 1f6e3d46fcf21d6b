import type { Call } from '../domains/calls.ts'
import type { ClientMade } from '../domains/rows.ts'
import {
  added,
  boolean,
  clientMadeFields,
  type EntityFields,
  entityOf,
  inStore,
  integer,
  json,
  orNull,
  text,
} from './field.ts'

/** A call as every store keeps it. */
export interface CallRow extends Call, ClientMade {
  /** The caller's. */
  readonly user_id: string
}

export const callFields: EntityFields<CallRow, Call> = {
  _id: text,
  // Calls from before have no owner that lives.
  owner: added(text, ''),
  from: text,
  seq: integer,
  created_at: text,
  answered_at: orNull(text),
  ended_at: orNull(text),
  ticket_id: orNull(text),
  state: text,
  caller: json,
  callee_devices: json,
  answered_by: orNull(json),
  answer_fingerprint: orNull(text),
  away: added(json, []),
  has_connected: added(boolean, false),
  reason: orNull(text),
  media: added(text, 'video'),
  callees: added(json, []),
  is_blocked: added(boolean, false),
  user_id: inStore(text),
  ...clientMadeFields,
}

export const toCall: (row: CallRow) => Call = entityOf<CallRow, Call>(callFields)
