import type { PayloadOf } from '@dowellchat/protocol'
import type { Message, Report } from '../entities.ts'
import { ownError } from '../errors.ts'
import { createCache } from '../live/cache.ts'
import { createLazyList } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { MessageOrRow } from '../messages/live-stream.ts'
import { create } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import type { ReportFilter } from './report-filter.ts'

/**
 * What is reported: a message, or a person by their user id.
 *
 * @example
 * const target: ReportTarget = { user_id: 'eve' }
 */
export type ReportTarget = MessageOrRow | ReportedMessage | { readonly user_id: string }

/** What tells a message from others. */
type ReportedMessage = Pick<Message, '_id' | 'stream' | 'seq'>

/** What people report to the admins of the workspace. */
export interface Reports {
  /**
   * Reports a message of somebody else, or a person, to the admins. One `cid` makes one report. Rejects with a `RequestError`.
   *
   * @example
   * await client.reports.report(row, 'Insults')
   */
  readonly report: (target: ReportTarget, reason: string, cid?: string) => Promise<void>
  /** Reports, newest first, kept current. For admins; for others the list's `error.code` is `forbidden`. */
  readonly list: (filter?: ReportFilter) => LiveList<Report>
  /** Notes that a report has been dealt with. For admins. Rejects with a `RequestError`. */
  readonly resolve: (reportId: string, resolution?: string) => Promise<Report>
}

export function createReports(wire: Wire): Reports {
  const { connection, request } = wire
  const lists = createCache((is: string, touch) =>
    createLazyList(
      ({ createReportList }) => createReportList(wire, JSON.parse(is), touch),
      'get_reports',
      touch,
    ),
  )
  return {
    async report(target, reason, cid) {
      const draft = { ...payloadOf(target), reason, ...(cid !== undefined && { cid }) }
      await create(connection, draft, (whole) => request.report(whole as PayloadOf<'report'>))
    },
    list: ({ is_resolved } = {}) => lists(JSON.stringify({ is_resolved })),
    resolve: (report_id, resolution) =>
      request.resolve_report({ report_id, ...(resolution !== undefined && { resolution }) }),
  }
}

/** What tells a target from others, as plain values: then a second try is known as one. */
export function plainTarget(target: ReportTarget) {
  if ('user_id' in target) return { user_id: target.user_id }
  const { _id, stream, seq } = 'message' in target ? target.message : target
  return { _id, stream, seq }
}

function payloadOf(target: ReportTarget) {
  const plain = plainTarget(target)
  if ('user_id' in plain) return plain
  const { _id, stream, seq } = plain
  if (_id === null || seq === null)
    throw ownError('report', 'not_found', 'A message that is not sent cannot be reported')
  return { stream, seq, message_id: _id }
}
