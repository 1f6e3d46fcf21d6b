import type { Report } from '../entities.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazyLists } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { Wire } from '../requests/wire.ts'
import type { ReportActions } from './report-actions.ts'
import type { ReportFilter } from './report-filter.ts'

/** What people report to the admins of the workspace. */
export interface Reports extends ReportActions {
  /** Reports, newest first, kept current. For admins; for others the list's `error.code` is `forbidden`. */
  readonly list: (filter?: ReportFilter) => LiveList<Report>
}

export function createReports(wire: Wire): Reports {
  const lists = createLazyLists(
    ({ createReportList }, is, touch) => createReportList(wire, JSON.parse(is), touch),
    'get_reports',
  )
  return {
    list: ({ is_resolved } = {}) => lists(JSON.stringify({ is_resolved })),
    ...laterMethods<ReportActions>(
      ['report', 'resolve'],
      ({ createReportActions }) => createReportActions(wire),
      'report',
    ),
  }
}
