import { limits } from '@dowellchat/protocol/core'
import type { Report } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import { newestIdFirst } from '../live/orders.ts'
import type { Wire } from '../requests/wire.ts'
import type { ReportFilter } from './report-filter.ts'

/** The reports that a filter lets through. */
export function createReportList(
  wire: Wire,
  { is_resolved }: ReportFilter,
  touch: () => void,
): LiveList<Report> {
  const { request, on } = wire
  const fits = ({ resolved_at }: Report): boolean =>
    is_resolved === undefined || (resolved_at !== null) === is_resolved
  return createLoadedList<Report>(
    {
      ...newestIdFirst,
      // What is resolved is never open again.
      isOutdated: ({ resolved_at }, known) => resolved_at === null && known.resolved_at !== null,
      mostAtOnce: limits.list_rows,
      async page(last, limit) {
        const filter = {
          ...(is_resolved !== undefined && { is_resolved }),
          ...(last && { before: last._id }),
        }
        const { reports, more } = await request.get_reports({ ...filter, limit })
        return { items: reports, hasMore: more }
      },
      watch: ({ put, remove }) =>
        on.report_changed(({ data }) => {
          if (fits(data)) put(data)
          else remove(data._id)
        }),
    },
    wire,
    touch,
  )
}
