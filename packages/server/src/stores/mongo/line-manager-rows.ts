import type { LineManager } from '@dowellchat/protocol'
import type { ClientMade } from '../store.ts'
import type { Database } from './database.ts'
import type { NumberedRow } from './numbers.ts'
import type { Declaration, Rows } from './rows.ts'
import { above } from './where.ts'

export interface LineManagerRow extends Omit<LineManager, '_id' | 'ticket_count'>, ClientMade, NumberedRow {
  readonly created_by: string
}

const declaration: Declaration<LineManagerRow> = {
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'place', key: { workspace_id: 1, n: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, created_by: 1, cid: 1 }, unique: true },
    { name: 'user', key: { workspace_id: 1, user_id: 1 }, unique: true },
  ],
}

/** The line managers' rows, which tickets are given to. */
export function lineManagerRows(database: Database): Rows<LineManagerRow> {
  return database.rows('line_managers', declaration)
}

/** A workspace's line managers, lowest position first, then oldest first. There are few: they are sorted here. */
export async function listManagers(
  managers: Rows<LineManagerRow>,
  workspace_id: string,
): Promise<LineManagerRow[]> {
  const rows = await managers.find({ workspace_id, n: above(0) })
  return rows.sort((a, b) => a.positions_in_a_line - b.positions_in_a_line || a.n - b.n)
}
