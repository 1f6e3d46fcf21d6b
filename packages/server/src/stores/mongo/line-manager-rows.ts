import { type LineManagerRow, lineManagerFields } from '../fields/line-managers.ts'
import type { Database } from './database.ts'
import { type NumberedRow, numberedFields } from './numbers.ts'
import type { Declaration, Rows } from './rows.ts'
import { above } from './where.ts'

export type LineManagerDocument = LineManagerRow & NumberedRow

const declaration: Declaration<LineManagerDocument> = {
  fields: { ...lineManagerFields, ...numberedFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'place', key: { workspace_id: 1, n: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, created_by: 1, cid: 1 }, unique: true },
    { name: 'user', key: { workspace_id: 1, user_id: 1 }, unique: true },
    // In every workspace: who has been away for how long.
    { name: 'offline', key: { offline_since: 1 }, only: { offline_since: { $gt: '' } } },
  ],
}

/** The line managers' rows, which tickets are given to. */
export function lineManagerRows(database: Database): Rows<LineManagerDocument> {
  return database.rows('line_managers', declaration)
}

/** A workspace's line managers, lowest position first, then oldest first. There are few: they are sorted here. */
export async function listManagers(
  managers: Rows<LineManagerDocument>,
  workspace_id: string,
): Promise<LineManagerDocument[]> {
  const rows = await managers.find({ workspace_id, n: above(0) })
  return rows.sort((a, b) => a.positions_in_a_line - b.positions_in_a_line || a.n - b.n)
}
