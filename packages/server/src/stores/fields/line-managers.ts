import type { LineManager } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { NewLineManager } from '../domains/line-managers.ts'
import type { ClientMade } from '../domains/rows.ts'
import { newId } from '../ids.ts'
import {
  boolean,
  clientMadeFields,
  type EntityFields,
  entityOf,
  inStore,
  integer,
  orNull,
  real,
  text,
} from './field.ts'

/** A line manager as every store keeps them; their tickets are counted when they are read. */
export interface LineManagerRow extends Omit<LineManager, 'ticket_count'>, ClientMade {
  /** The user who made them a line manager. */
  readonly created_by: string
}

export const lineManagerFields: EntityFields<LineManagerRow, LineManager> = {
  _id: text,
  user_id: text,
  positions_in_a_line: integer,
  average_serving_time: real,
  capacity: orNull(integer),
  is_active: boolean,
  created_at: text,
  client_created_at: orNull(text),
  created_by: inStore(text),
  ...clientMadeFields,
}

const shown = entityOf<LineManagerRow, LineManager>(lineManagerFields)

export function toLineManager(row: LineManagerRow, ticket_count: number): LineManager {
  return { ...shown(row), ticket_count }
}

export function newLineManagerRow(manager: NewLineManager): LineManagerRow {
  return {
    _id: newId(),
    user_id: manager.user_id,
    positions_in_a_line: manager.positions_in_a_line,
    average_serving_time: manager.average_serving_time,
    capacity: manager.capacity,
    is_active: true,
    created_at: isoNow(),
    client_created_at: manager.client_created_at,
    created_by: manager.created_by,
    cid: manager.cid,
    fingerprint: manager.fingerprint,
  }
}
