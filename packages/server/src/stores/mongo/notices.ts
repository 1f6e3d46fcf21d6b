import { noticeFields } from '../fields/deliveries.ts'
import { rowOf } from '../fields/field.ts'
import { newId } from '../ids.ts'
import type { DeliveryStore, Notice } from '../store.ts'
import type { Database } from './database.ts'
import { inLanes } from './lanes.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { oneOf } from './where.ts'

export type NoticeDocument = Notice & TenantRow

const declaration: Declaration<NoticeDocument> = {
  fields: { ...tenantFields, ...noticeFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'user', key: { workspace_id: 1, consumer: 1, stream: 1, user_id: 1 }, unique: true },
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
  ],
}

/** The notices' documents. */
export function noticeRows(database: Database): Rows<NoticeDocument> {
  return database.rows('notices', declaration)
}

const toNotice = rowOf<Notice>(noticeFields)

/** Who was told of what they have not read. */
export function mongoNotices(database: Database): Pick<DeliveryStore, 'told' | 'tell'> {
  const notices = noticeRows(database)

  function tellOne(workspace_id: string, notice: Omit<Notice, '_id'>): Promise<true> {
    const { consumer, stream, user_id, nth, at } = notice
    return database.deadlines.persist(async () => {
      const where = { workspace_id, consumer, stream, user_id }
      if (await notices.change(where, { $set: { nth, at } })) return true
      const isNew = (await notices.insert([{ _id: newId(), workspace_id, ...notice }])) === 1
      return isNew ? true : undefined
    })
  }

  return {
    async told(workspace_id, consumer, stream, userIds) {
      const found = await notices.find({ workspace_id, consumer, stream, user_id: oneOf(userIds) })
      return found.map(toNotice)
    },

    async tell(workspaceId, all) {
      await inLanes(all, (notice) => tellOne(workspaceId, notice))
    },
  }
}
