import type { Db } from 'mongodb'
import { collections, type Portable } from '../../portable.ts'
import { connect, type MongoStoreOptions } from '../connection.ts'
import { databaseOver } from '../database.ts'
import { toStoreError } from '../errors.ts'
import { expectUnused } from '../in-use.ts'
import { storeOver } from '../index.ts'
import { lineManagerRows } from '../line-manager-rows.ts'
import { logRows } from '../logs.ts'
import { expectForm } from '../migrations.ts'
import type { Rows, TenantRow } from '../rows.ts'
import { forgetStream } from '../search/index.ts'
import { searchRows } from '../search/rows.ts'
import { threadRows } from '../threads.ts'
import { ticketRows } from '../ticket-rows.ts'
import { topicRows } from '../topics.ts'
import { renameStream, replaceAll } from './renaming.ts'
import { portableTables } from './tables.ts'

// Nobody waits at a socket for it.
const deadlineMs = 120_000

/** The rows of a MongoDB database, which no server may use meanwhile. @throws StoreOpenError, also where one does */
export async function mongoPortable(options: MongoStoreOptions): Promise<Portable> {
  const connection = await connect({ deadlineMs, ...options })
  // Makes the indexes, and refuses what a newer version has written.
  const store = await storeOver(connection, async (db) => {
    await expectUnused(db)
    if (options.asItIs) await expectForm(db)
  })
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
    workspaces: () => told(workspacesOf(db)),
    count: (workspaceId, collection) => told(tables[collection].count(workspaceId)),
    async *read(workspaceId, collection, after) {
      try {
        yield* tables[collection].after(workspaceId, after)
      } catch (error) {
        throw toStoreError(error)
      }
    },
    find: (workspaceId, collection, row) => told(tables[collection].find(workspaceId, row)),
    last: (workspaceId, collection) => told(tables[collection].last(workspaceId)),
    write: (workspaceId, collection, rows) => told(tables[collection].insert(workspaceId, rows)),
    replace: (workspaceId, collection, rows) =>
      // Each collection has rows of its own kind, of which this reads the id.
      told(replaceAll(replaceable[collection] as Rows<TenantRow>, workspaceId, rows)),
    async renameStream(workspace_id, from, to) {
      // Its messages are found by its name.
      await told(forgetStream(searched, { workspace_id, stream: from }))
      return told(renameStream(streams, entries, threads, { workspace_id, from, to }))
    },
    close: () => store.close(),
  }
}

/** An answer, or why there is none as a command says it. */
async function told<Result>(step: Promise<Result>): Promise<Result> {
  try {
    return await step
  } catch (error) {
    throw toStoreError(error)
  }
}

async function workspacesOf(db: Db): Promise<string[]> {
  // An entry has a stream of its workspace.
  const names = collections.filter((name) => name !== 'entries')
  const found = await Promise.all(names.map((name) => db.collection(name).distinct('workspace_id')))
  return [...new Set(found.flat().map(String))].toSorted()
}
