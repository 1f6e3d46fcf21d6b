import { type Message, type Report, removedMessage } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { NewReport } from '../domains/reports.ts'
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
  text,
} from './field.ts'

/** A report as every store keeps it. */
export interface ReportRow extends Omit<Report, 'message'>, ClientMade {
  /** The copy of the message as JSON: MongoDB does not take every key. */
  readonly message_text: string | null
  readonly is_resolved: boolean
  /** One of its reporter's, while it is open. */
  readonly slot: number | null
}

export const reportFields: EntityFields<ReportRow, Report> = {
  _id: text,
  reported_by: orNull(text),
  user_id: orNull(text),
  stream: orNull(text),
  seq: orNull(integer),
  message_text: inStore(orNull(text)),
  reason: text,
  created_at: text,
  resolved_at: orNull(text),
  resolved_by: orNull(text),
  resolution: orNull(text),
  is_resolved: inStore(boolean),
  slot: inStore(orNull(integer)),
  ...clientMadeFields,
}

const shown = entityOf<ReportRow, Report>(reportFields)

export function toReport(row: ReportRow): Report {
  const message = row.message_text === null ? null : (JSON.parse(row.message_text) as Message)
  return { ...shown(row), message }
}

/** What is left of a report's copy of a message whose author was erased. */
export function erasedCopy({ mentions: _, metadata: _metadata, ...message }: Message): Message {
  return removedMessage(message, 'erased')
}

/** What forgetting its message changes in a report's row. */
export function withoutMessage({ message_text }: ReportRow): Pick<ReportRow, 'message_text' | 'user_id'> {
  const copy = message_text === null ? null : (JSON.parse(message_text) as Message)
  return { message_text: copy && JSON.stringify(erasedCopy(copy)), user_id: null }
}

/** A new report. @param slot the place that it takes among its reporter's open ones; null where these have no limit */
export function newReportRow(report: NewReport, slot: number | null): ReportRow {
  return {
    _id: newId(),
    reported_by: report.reported_by,
    user_id: report.user_id,
    stream: report.stream,
    seq: report.seq,
    message_text: report.message && JSON.stringify(report.message),
    reason: report.reason,
    created_at: isoNow(),
    resolved_at: null,
    resolved_by: null,
    resolution: null,
    is_resolved: false,
    slot,
    cid: report.cid,
    fingerprint: report.fingerprint,
  }
}

/** What resolving changes in a report's row. */
export function resolvedReport(by: string, resolution: string | null) {
  return { resolved_at: isoNow(), resolved_by: by, resolution, is_resolved: true, slot: null } as const
}

/** The first place that is free among the open reports of somebody; undefined where none is. */
export function freeSlot(
  taken: readonly (number | null)[],
  most: number | undefined,
): number | null | undefined {
  if (most === undefined) return null
  for (let slot = 1; slot <= most; slot++) if (!taken.includes(slot)) return slot
  return undefined
}
