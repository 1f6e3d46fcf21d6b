import type { Report } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazyList } from '../live/lazy.ts'
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
  const lists = createCache((is: string, touch) =>
    createLazyList(
      ({ createReportList }) => createReportList(wire, JSON.parse(is), touch),
      'get_reports',
      touch,
    ),
  )
  return {
    list: ({ is_resolved } = {}) => lists(JSON.stringify({ is_resolved })),
    ...laterMethods<ReportActions>(
      ['report', 'resolve'],
      once(({ createReportActions }) => createReportActions(wire)),
      'report',
    ),
  }
}
