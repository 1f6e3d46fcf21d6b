import { isoNow } from '../../time.ts'
import type { UploadDay, UploadRow } from '../domains/uploads.ts'
import { goneChanges, uploadDayFields, uploadFields } from '../fields/uploads.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { oneOf } from './where.ts'

export type UploadDocument = UploadRow & TenantRow
export type UploadDayDocument = UploadDay & TenantRow

const uploads: Declaration<UploadDocument> = {
  fields: { ...tenantFields, ...uploadFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'id', key: { workspace_id: 1, _id: 1 }, unique: true },
    { name: 'cid', key: { workspace_id: 1, user_id: 1, cid: 1 }, unique: true },
    // In every workspace: which of them a server has to look at.
    { name: 'due', key: { due_at: 1 } },
    { name: 'named', key: { workspace_id: 1, named_at: 1 } },
  ],
}

const days: Declaration<UploadDayDocument> = {
  fields: { ...tenantFields, ...uploadDayFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
    { name: 'user', key: { workspace_id: 1, day: 1, user_id: 1 }, unique: true },
  ],
}

/** The uploads' documents. */
export function uploadRows(database: Database): Rows<UploadDocument> {
  return database.rows('uploads', uploads)
}

/** The documents of what was announced on a day. */
export function uploadDayRows(database: Database): Rows<UploadDayDocument> {
  return database.rows('upload_days', days)
}

/** Lets uploads go whose messages are removed. */
export async function dropUploads(
  rows: Rows<UploadDocument>,
  workspace_id: string,
  ids: readonly string[],
  at: string = isoNow(),
): Promise<void> {
  if (ids.length > 0) await rows.changeAll({ workspace_id, _id: oneOf(ids) }, { $set: goneChanges(at) })
}
