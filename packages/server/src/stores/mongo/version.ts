import type { Db } from 'mongodb'
import { StoreOpenError } from '../store.ts'

/** What this version of the server makes of the data; a later one that changes their form raises it. */
const version = 1

/** Refuses data that a newer version has written. @throws StoreOpenError */
export async function requireVersion(db: Db): Promise<void> {
  const meta = db.collection<{ _id: string; version: number }>('meta')
  const written = await meta.findOneAndUpdate(
    { _id: 'store' },
    { $max: { version } },
    { upsert: true, returnDocument: 'after', writeConcern: { w: 'majority' } },
  )
  if ((written?.version ?? 0) <= version) return
  throw new StoreOpenError(
    `The database ${db.databaseName} was written by a newer version (${written?.version}, this one knows ${version}); run that version`,
  )
}
