import type { LineManager } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { NewLineManager } from '../domains/line-managers.ts'
import type { ClientMade } from '../domains/rows.ts'
import { newId } from '../ids.ts'
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
  real,
  text,
} from './field.ts'

/** A line manager as every store keeps them; their tickets are counted when they are read. */
export interface LineManagerRow extends Omit<LineManager, 'ticket_count'>, ClientMade {
  /** The user who made them a line manager. */
  readonly created_by: string
  /** Whether they have a connection, as far as the servers have written it. */
  readonly is_connected: boolean
  /** What they have chosen; null where they have chosen nothing. */
  readonly chosen: LineManager['availability'] | null
  /** Since when they are offline; null while they are not, and of the unmanaged. */
  readonly offline_since: string | null
  /** When they got a ticket last. */
  readonly served_at: string | null
  /** When they finished a ticket last. */
  readonly finished_at: string | null
  /** What was observed of them, by topic, as JSON: MongoDB does not take every key. */
  readonly serving_text: string
}

export const lineManagerFields: EntityFields<LineManagerRow, LineManager> = {
  _id: text,
  user_id: text,
  positions_in_a_line: integer,
  average_serving_time: real,
  capacity: orNull(integer),
  is_active: boolean,
  availability: added(text, 'online'),
  is_unmanaged: added(boolean, true),
  topics: orNull(json),
  created_at: text,
  client_created_at: orNull(text),
  created_by: inStore(text),
  is_connected: inStore(added(boolean, false)),
  chosen: inStore(orNull(text)),
  offline_since: inStore(orNull(text)),
  served_at: inStore(orNull(text)),
  finished_at: inStore(orNull(text)),
  serving_text: inStore(added(text, '{}')),
  ...clientMadeFields,
}

const shown = entityOf<LineManagerRow, LineManager>(lineManagerFields)

export function toLineManager(row: LineManagerRow, ticket_count: number): LineManager {
  return { ...shown(row), ticket_count }
}

export function newLineManagerRow(manager: NewLineManager): LineManagerRow {
  const { is_unmanaged = true } = manager
  const created_at = isoNow()
  return {
    _id: newId(),
    user_id: manager.user_id,
    positions_in_a_line: manager.positions_in_a_line,
    average_serving_time: manager.average_serving_time,
    capacity: manager.capacity,
    is_active: true,
    availability: is_unmanaged ? 'online' : 'offline',
    is_unmanaged,
    topics: null,
    is_connected: false,
    chosen: null,
    offline_since: is_unmanaged ? null : created_at,
    served_at: null,
    finished_at: null,
    serving_text: '{}',
    created_at,
    client_created_at: manager.client_created_at,
    created_by: manager.created_by,
    cid: manager.cid,
    fingerprint: manager.fingerprint,
  }
}
