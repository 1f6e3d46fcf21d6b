import { readerFields } from '../fields/readers.ts'
import type { ReaderRow } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'

export type ReaderDocument = ReaderRow & TenantRow

/** Named here, since the migration that makes the first rows needs it. */
export const ofStreamIndex = { workspace_id: 1, stream: 1, user_id: 1 } as const

const declaration: Declaration<ReaderDocument> = {
  fields: { ...tenantFields, ...readerFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'stream', key: ofStreamIndex, unique: true },
    {
      name: 'list',
      key: {
        workspace_id: 1,
        user_id: 1,
        is_listed: 1,
        is_archived: 1,
        is_pinned: 1,
        active_at: 1,
        stream: 1,
      },
    },
    { name: 'active', key: { workspace_id: 1, stream: 1, active_at: 1 } },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The readers' documents. */
export function readerRows(database: Database): Rows<ReaderDocument> {
  return database.rows('readers', declaration)
}
