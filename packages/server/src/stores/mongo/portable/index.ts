import type { Db } from 'mongodb'
import type { Collection, Portable, PortableRows } from '../../portable.ts'
import { type CallRow, placesOf, toCall } from '../calls.ts'
import { connect, type MongoStoreOptions } from '../connection.ts'
import { storeOver } from '../index.ts'
import type { EntryRow, StreamRow } from '../logs.ts'
import type { NumberedRow } from '../numbers.ts'
import { type Rows, rowsOf } from '../rows.ts'
import { above } from '../where.ts'
import { entriesTable, streamsTable } from './streams.ts'
import { batchSize, countOf, insertAll, numberedTable, type Table } from './table.ts'

// Nobody waits at a socket for it.
const deadlineMs = 120_000

type Tables = { readonly [C in Collection]: Table<PortableRows[C]> }

/** The rows of a MongoDB database, which no server may use meanwhile. @throws StoreOpenError */
export async function mongoPortable(options: MongoStoreOptions): Promise<Portable> {
  const connection = await connect({ deadlineMs, ...options })
  // Makes the indexes, and refuses what a newer version has written.
  const store = await storeOver(connection)
  const { db } = connection
  const tables = tablesOf(db)

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

function tablesOf(db: Db): Tables {
  const numbered = (name: string) => rowsOf<NumberedRow>(db, name, deadlineMs)
  const streams = rowsOf<StreamRow>(db, 'streams', deadlineMs)
  return {
    topics: numberedTable(numbered('topics')),
    line_managers: numberedTable(numbered('line_managers')),
    tickets: numberedTable(numbered('tickets')),
    calls: callsTable(rowsOf<CallRow>(db, 'calls', deadlineMs)),
    streams: streamsTable(streams),
    entries: entriesTable(streams, rowsOf<EntryRow>(db, 'entries', deadlineMs)),
  }
}

async function workspacesOf(db: Db): Promise<string[]> {
  const names = ['topics', 'line_managers', 'tickets', 'calls', 'streams']
  const found = await Promise.all(names.map((name) => db.collection(name).distinct('workspace_id')))
  return [...new Set(found.flat().map(String))].toSorted()
}

type PortableCall = PortableRows['calls']

/** The calls, with what open ones are found by. */
function callsTable(calls: Rows<CallRow>): Table<PortableCall> {
  return {
    async *after(workspace_id, row) {
      for (let id = row?._id ?? ''; ; ) {
        const where = { workspace_id, _id: above(id) }
        const rows = await calls.find(where, { sort: { _id: 1 }, limit: batchSize })
        if (rows.length > 0) yield rows.map(toPortable)
        if (rows.length < batchSize) return
        id = rows.at(-1)?._id ?? id
      }
    },

    async find(workspace_id, { _id }) {
      const row = await calls.get({ workspace_id, _id })
      return row ? toPortable(row) : null
    },

    async last(workspace_id) {
      const [row] = await calls.find({ workspace_id }, { sort: { _id: -1 }, limit: 1 })
      return row ? toPortable(row) : null
    },

    count: (workspaceId) => countOf(calls, workspaceId),

    insert: (workspace_id, rows) =>
      insertAll(calls, workspace_id, rows, (left) => left.map((row) => toStored(workspace_id, row))),
  }
}

function toStored(workspace_id: string, { call, ...made }: PortableCall): CallRow {
  return { ...call, ...made, workspace_id, revision: 0, ...placesOf(call) }
}

function toPortable(row: CallRow): PortableCall {
  const { _id, user_id, cid, fingerprint } = row
  return { _id, user_id, cid, fingerprint, call: toCall(row) }
}
