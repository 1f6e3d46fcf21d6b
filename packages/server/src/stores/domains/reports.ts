import type { Report } from '@dowellchat/protocol'
import type { ClientMade, Creation, ListRange } from './rows.ts'

export interface NewReport
  extends ClientMade,
    Pick<Report, 'user_id' | 'stream' | 'seq' | 'message' | 'reason'> {
  readonly workspace_id: string
  readonly reported_by: string
  /** How many reports of whoever reports may be open. */
  readonly most_open?: number
  /** How many reports of all guests of the workspace may be open (`guests_limit`). Those who report at once may make a few more. */
  readonly most_guests_open?: number
}

/** What people have reported to the admins. */
export interface ReportStore {
  /** Makes a report. A cid is unique per workspace and reporter. */
  create(report: NewReport): Promise<Creation<Report>>
  get(workspaceId: string, reportId: string): Promise<Report | null>
  /** Newest first. */
  list(
    workspaceId: string,
    filter: ListRange & { readonly is_resolved?: boolean },
  ): Promise<{ reports: Report[]; more: boolean }>
  /** Resolves an open report; one that is resolved stays as it is. Null where there is none. */
  resolve(
    workspaceId: string,
    reportId: string,
    resolution: { readonly by: string; readonly text: string | null },
  ): Promise<{ report: Report; changed: boolean } | null>
  /** Leaves nothing of the message but its place, nor of its author: they were erased while it was reported. */
  forgetMessage(workspaceId: string, reportId: string): Promise<void>
}
