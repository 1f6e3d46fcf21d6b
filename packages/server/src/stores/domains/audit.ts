import type { AuditEntry } from '@dowellchat/protocol'
import type { ListRange } from './rows.ts'

export interface AuditStore {
  /** Adds rows. A row whose id is there already stays as it is. */
  append(workspaceId: string, entries: readonly AuditEntry[]): Promise<void>
  /** Adds a row, or adds its count to that of the row with its id. */
  count(workspaceId: string, entry: AuditEntry): Promise<void>
  /** Newest first. */
  list(workspaceId: string, range: ListRange): Promise<{ entries: AuditEntry[]; more: boolean }>
  /** Removes the addresses of rows from before a time, of a bounded number at a call; answers of how many. */
  forgetAddresses(workspaceId: string, before: string): Promise<number>
  /** Replaces a user's id in `by` and `user_id`, in a bounded number of rows at a call; answers in how many. */
  replaceUser(workspaceId: string, userId: string, replacement: string): Promise<number>
}
