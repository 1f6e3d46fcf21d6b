import type { Db } from 'mongodb'
import { collections, type Portable } from '../../portable.ts'
import { connect, type MongoStoreOptions } from '../connection.ts'
import { databaseOver } from '../database.ts'
import { storeOver } from '../index.ts'
import { lineManagerRows } from '../line-manager-rows.ts'
import { logRows } from '../logs.ts'
import type { Rows, TenantRow } from '../rows.ts'
import { forgetStream } from '../search/index.ts'
import { searchRows } from '../search/rows.ts'
import { threadRows } from '../threads.ts'
import { ticketRows } from '../ticket-rows.ts'
import { topicRows } from '../topics.ts'
import { inParallel, renameStream, replaceRow } from './renaming.ts'
import { portableTables } from './tables.ts'

// Nobody waits at a socket for it.
const deadlineMs = 120_000

/** The rows of a MongoDB database, which no server may use meanwhile. @throws StoreOpenError */
export async function mongoPortable(options: MongoStoreOptions): Promise<Portable> {
  const connection = await connect({ deadlineMs, ...options })
  // Makes the indexes, and refuses what a newer version has written.
  const store = await storeOver(connection)
  const { db } = connection
  const database = databaseOver(connection, deadlineMs)
  const tables = portableTables(database)
  const { streams, entries } = logRows(database)
  const threads = threadRows(database)
  const searched = searchRows(database)
  const replaceable = {
    topics: topicRows(database),
    line_managers: lineManagerRows(database),
    tickets: ticketRows(database),
    entries,
  }

  return {
    workspaces: () => workspacesOf(db),
    count: (workspaceId, collection) => tables[collection].count(workspaceId),
    read: (workspaceId, collection, after) => tables[collection].after(workspaceId, after),
    find: (workspaceId, collection, row) => tables[collection].find(workspaceId, row),
    last: (workspaceId, collection) => tables[collection].last(workspaceId),
    write: (workspaceId, collection, rows) => tables[collection].insert(workspaceId, rows),
    replace: (workspaceId, collection, rows) =>
      inParallel(rows, (row) =>
        // Each collection has rows of its own kind, of which this reads the id.
        replaceRow(replaceable[collection] as Rows<TenantRow>, workspaceId, row),
      ),
    async renameStream(workspace_id, from, to) {
      // Its messages are found by its name.
      await forgetStream(searched, { workspace_id, stream: from })
      return renameStream(streams, entries, threads, { workspace_id, from, to })
    },
    close: () => store.close(),
  }
}

async function workspacesOf(db: Db): Promise<string[]> {
  // An entry has a stream of its workspace.
  const names = collections.filter((name) => name !== 'entries')
  const found = await Promise.all(names.map((name) => db.collection(name).distinct('workspace_id')))
  return [...new Set(found.flat().map(String))].toSorted()
}
