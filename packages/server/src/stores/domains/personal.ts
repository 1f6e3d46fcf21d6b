import type { KeptTable } from '../kept-tables.ts'
import type { PersonalRow } from '../personal-data.ts'
import type { PersonalPage } from '../personal-search.ts'

/** What the store knows of people, wherever it is: `personal-data.ts` says where. */
export interface PersonalStore {
  /**
   * What there is of a person under any of their ids, a bounded part at a call.
   * @param from the last call's `next`; null begins
   */
  read(workspaceId: string, userIds: readonly string[], from: string | null): Promise<PersonalPage>
  /**
   * Erases the person from these rows, messages excepted, which `streams.remove` erases. Rows that are not about them any
   * more stay as they are.
   * @param renamed what takes the place of each of the person's ids
   */
  erase(
    workspaceId: string,
    rows: readonly PersonalRow[],
    renamed: Readonly<Record<string, string>>,
  ): Promise<void>
  /** Every table that the driver has, also one that it does not know. */
  tables(): Promise<readonly KeptTable[]>
  /** Leaves nothing of what was erased in the store's own files; false if that could not be done now. */
  settle(): Promise<boolean>
}
