import type { Db } from 'mongodb'
import { collections, type Portable } from '../../portable.ts'
import { connect, type MongoStoreOptions } from '../connection.ts'
import { databaseOver } from '../database.ts'
import { storeOver } from '../index.ts'
import { portableTables } from './tables.ts'

// Nobody waits at a socket for it.
const deadlineMs = 120_000

/** The rows of a MongoDB database, which no server may use meanwhile. @throws StoreOpenError */
export async function mongoPortable(options: MongoStoreOptions): Promise<Portable> {
  const connection = await connect({ deadlineMs, ...options })
  // Makes the indexes, and refuses what a newer version has written.
  const store = await storeOver(connection)
  const { db } = connection
  const tables = portableTables(databaseOver(db, deadlineMs))

  return {
    workspaces: () => workspacesOf(db),
    count: (workspaceId, collection) => tables[collection].count(workspaceId),
    read: (workspaceId, collection, after) => tables[collection].after(workspaceId, after),
    find: (workspaceId, collection, row) => tables[collection].find(workspaceId, row),
    last: (workspaceId, collection) => tables[collection].last(workspaceId),
    write: (workspaceId, collection, rows) => tables[collection].insert(workspaceId, rows),
    close: () => store.close(),
  }
}

async function workspacesOf(db: Db): Promise<string[]> {
  // An entry has a stream of its workspace.
  const names = collections.filter((name) => name !== 'entries')
  const found = await Promise.all(names.map((name) => db.collection(name).distinct('workspace_id')))
  return [...new Set(found.flat().map(String))].toSorted()
}
