import { useMemo } from 'react'
import type { Report } from '../entities.ts'
import { ignorable } from '../live/ignorable.ts'
import type { ReportFilter } from '../moderation/report-filter.ts'
import type { Reports } from '../moderation/reports.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface ReportsData extends ListControls {
  /** Newest first. Empty until they are loaded. */
  readonly reports: readonly Report[]
  /** Notes that a report has been dealt with. Rejects with a `RequestError`. */
  readonly resolve: Reports['resolve']
}

/** What was reported, and whether it is loaded (`status`). */
export type UseReports = HookState<ReportsData>

/**
 * What people have reported, for admins: kept current as reports come and are resolved. `error.code` is `forbidden` for others.
 * @example
 * const { reports, resolve } = useReports({ is_resolved: false })
 * // <ul>{reports.map(({ _id, reason }) => <li key={_id} onClick={() => void resolve(_id, 'Warned')}>{reason}</li>)}</ul>
 */
export function useReports(filter: ReportFilter | Skip = {}): UseReports {
  const { reports } = useChatClient()
  const list = useList(filter === skip ? noList : reports.list(filter), 'reports')
  const resolve = useMemo<Reports['resolve']>(
    () =>
      (...args) =>
        ignorable(reports.resolve(...args)),
    [reports],
  )
  return useMemo(() => ({ ...list, resolve }), [list, resolve])
}
