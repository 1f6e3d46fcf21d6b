import { roomStream } from '@dowellchat/protocol'
import type { Db } from 'mongodb'
import { newReaderRow } from '../fields/readers.ts'
import { ofStreamIndex, type ReaderDocument } from './reader-rows.ts'

interface Room {
  readonly _id: string
  readonly workspace_id: string
  readonly created_at: string
  readonly member_ids: readonly string[]
}

interface Entry {
  readonly workspace_id: string
  readonly stream: string
  readonly seq: number
  readonly nth: number
  readonly created_at: string
}

/** Puts the rooms from before there were lists on those of their members, who have read what there is. */
export async function listMembers(db: Db): Promise<void> {
  const readers = db.collection<ReaderDocument>('readers')
  const entries = db.collection<Entry>('entries')
  await readers.createIndex(ofStreamIndex, { name: 'stream', unique: true })
  for await (const room of db.collection<Room>('rooms').find({ closed_at: null })) {
    const { workspace_id, created_at, member_ids } = room
    const stream = roomStream(room._id)
    const newest = entries.find({ workspace_id, stream, seq: { $gt: 0 } }).sort({ seq: -1 })
    const [last] = await newest.limit(1).toArray()
    const end = { nth: last?.nth ?? 0, seq: last?.seq ?? 0 }
    const active_at = last?.created_at ?? created_at
    const rows = member_ids.map((user_id) => ({
      ...newReaderRow({ user_ids: [user_id], stream, at: created_at }, end),
      active_at,
    }))
    if (rows.length === 0) continue
    await readers.bulkWrite(
      rows.map(({ user_id, stream: _, ...row }) => ({
        updateOne: { filter: { workspace_id, user_id, stream }, update: { $setOnInsert: row }, upsert: true },
      })),
      { ordered: false },
    )
  }
}
