import type { PayloadOf } from '@dowellchat/protocol'
import type { Report } from '../entities.ts'
import { ownError } from '../errors.ts'
import { create } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import { plainTarget, type ReportTarget } from './report-target.ts'

/** What reports, and what becomes of that. */
export interface ReportActions {
  /**
   * Reports a message of somebody else, or a person, to the admins. One `cid` makes one report. Rejects with a `RequestError`.
   *
   * @example
   * await client.reports.report(row, 'Insults')
   */
  readonly report: (target: ReportTarget, reason: string, cid?: string) => Promise<void>
  /** Notes that a report has been dealt with. For admins. Rejects with a `RequestError`. */
  readonly resolve: (reportId: string, resolution?: string) => Promise<Report>
}

export function createReportActions({ connection, request }: Wire): ReportActions {
  return {
    async report(target, reason, cid) {
      const draft = { ...payloadOf(target), reason, ...(cid !== undefined && { cid }) }
      await create(connection, draft, (whole) => request.report(whole as PayloadOf<'report'>))
    },
    resolve: (report_id, resolution) =>
      request.resolve_report({ report_id, ...(resolution !== undefined && { resolution }) }),
  }
}

function payloadOf(target: ReportTarget) {
  const plain = plainTarget(target)
  if ('user_id' in plain) return plain
  const { _id, stream, seq } = plain
  if (_id === null || seq === null)
    throw ownError('report', 'not_found', 'A message that is not sent cannot be reported')
  return { stream, seq, message_id: _id }
}
