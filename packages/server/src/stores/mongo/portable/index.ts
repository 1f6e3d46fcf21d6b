import type { Db } from 'mongodb'
import { type CallRow, callFields } from '../../fields/calls.ts'
import { rowOf } from '../../fields/field.ts'
import { lineManagerFields } from '../../fields/line-managers.ts'
import { ticketFields } from '../../fields/tickets.ts'
import { topicFields } from '../../fields/topics.ts'
import type { Collection, Portable, PortableRows } from '../../portable.ts'
import { type CallDocument, callRows, toDocument } from '../calls.ts'
import { connect, type MongoStoreOptions } from '../connection.ts'
import { type Database, databaseOver } from '../database.ts'
import { storeOver } from '../index.ts'
import { lineManagerRows } from '../line-manager-rows.ts'
import { logRows } from '../logs.ts'
import { revocationRows } from '../revocations.ts'
import type { Rows } from '../rows.ts'
import { ticketRows } from '../ticket-rows.ts'
import { topicRows } from '../topics.ts'
import { above } from '../where.ts'
import { entriesTable } from './entries.ts'
import { revocationsTable } from './revocations.ts'
import { streamsTable } from './streams.ts'
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
  const tables = tablesOf(databaseOver(db, deadlineMs))

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

function tablesOf(database: Database): Tables {
  const { streams, entries } = logRows(database)
  return {
    topics: numberedTable(topicRows(database), topicFields),
    line_managers: numberedTable(lineManagerRows(database), lineManagerFields),
    tickets: numberedTable(ticketRows(database), ticketFields),
    calls: callsTable(callRows(database)),
    revocations: revocationsTable(revocationRows(database)),
    streams: streamsTable(streams),
    entries: entriesTable(streams, entries),
  }
}

async function workspacesOf(db: Db): Promise<string[]> {
  const names = ['topics', 'line_managers', 'tickets', 'calls', 'revocations', 'streams']
  const found = await Promise.all(names.map((name) => db.collection(name).distinct('workspace_id')))
  return [...new Set(found.flat().map(String))].toSorted()
}

function callsTable(calls: Rows<CallDocument>): Table<CallRow> {
  const toRow = rowOf<CallRow>(callFields)
  return {
    async *after(workspace_id, row) {
      for (let id = row?._id ?? ''; ; ) {
        const where = { workspace_id, _id: above(id) }
        const documents = await calls.find(where, { sort: { _id: 1 }, limit: batchSize })
        if (documents.length > 0) yield documents.map(toRow)
        if (documents.length < batchSize) return
        id = documents.at(-1)?._id ?? id
      }
    },

    async find(workspace_id, { _id }) {
      const document = await calls.get({ workspace_id, _id })
      return document ? toRow(document) : null
    },

    async last(workspace_id) {
      const [document] = await calls.find({ workspace_id }, { sort: { _id: -1 }, limit: 1 })
      return document ? toRow(document) : null
    },

    count: (workspaceId) => countOf(calls, workspaceId),

    insert: (workspace_id, rows) =>
      insertAll(calls, workspace_id, rows, (left) => left.map((row) => toDocument(workspace_id, row))),
  }
}
