/**
 * Which reports: resolved ones, open ones, or all.
 *
 * @example
 * const filter: ReportFilter = { is_resolved: false }
 */
export interface ReportFilter {
  readonly is_resolved?: boolean
}
