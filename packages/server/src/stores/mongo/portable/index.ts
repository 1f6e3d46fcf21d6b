import type { Db } from 'mongodb'
import { aliasFields } from '../../fields/aliases.ts'
import { auditFields } from '../../fields/audit.ts'
import { blockFields } from '../../fields/blocks.ts'
import { callFields } from '../../fields/calls.ts'
import { keyFields } from '../../fields/keys.ts'
import { lineManagerFields } from '../../fields/line-managers.ts'
import { roomFields } from '../../fields/rooms.ts'
import { ticketFields } from '../../fields/tickets.ts'
import { topicFields } from '../../fields/topics.ts'
import { userFields } from '../../fields/users.ts'
import { type Collection, collections, type Portable, type PortableRows } from '../../portable.ts'
import { aliasRows } from '../aliases.ts'
import { auditRows, toAuditDocument } from '../audit.ts'
import { blockRows } from '../blocks.ts'
import { callRows, toDocument } from '../calls.ts'
import { connect, type MongoStoreOptions } from '../connection.ts'
import { type Database, databaseOver } from '../database.ts'
import { storeOver } from '../index.ts'
import { keyRows } from '../keys.ts'
import { lineManagerRows } from '../line-manager-rows.ts'
import { logRows } from '../logs.ts'
import { revocationRows } from '../revocations.ts'
import { roomRows, toRoomDocument } from '../rooms.ts'
import type { Rows, TenantRow } from '../rows.ts'
import { ticketRows } from '../ticket-rows.ts'
import { topicRows } from '../topics.ts'
import { userRows } from '../users.ts'
import { entriesTable } from './entries.ts'
import { inParallel, renameStream, replaceRow } from './renaming.ts'
import { revocationsTable } from './revocations.ts'
import { streamsTable } from './streams.ts'
import { numberedTable, type Table, tableById, withWorkspace } from './table.ts'

// Nobody waits at a socket for it.
const deadlineMs = 120_000

type Tables = { readonly [C in Collection]: Table<PortableRows[C]> }

/** The rows of a MongoDB database, which no server may use meanwhile. @throws StoreOpenError */
export async function mongoPortable(options: MongoStoreOptions): Promise<Portable> {
  const connection = await connect({ deadlineMs, ...options })
  // Makes the indexes, and refuses what a newer version has written.
  const store = await storeOver(connection)
  const { db } = connection
  const database = databaseOver(db, deadlineMs)
  const tables = tablesOf(database)
  const { streams, entries } = logRows(database)
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
    renameStream: (workspace_id, from, to) => renameStream(streams, entries, { workspace_id, from, to }),
    close: () => store.close(),
  }
}

function tablesOf(database: Database): Tables {
  const { streams, entries } = logRows(database)
  return {
    topics: numberedTable(topicRows(database), topicFields),
    line_managers: numberedTable(lineManagerRows(database), lineManagerFields),
    tickets: numberedTable(ticketRows(database), ticketFields),
    calls: tableById(callRows(database), callFields, toDocument),
    keys: numberedTable(keyRows(database), keyFields),
    audit: tableById(auditRows(database), auditFields, toAuditDocument),
    users: tableById(userRows(database), userFields, withWorkspace),
    aliases: tableById(aliasRows(database), aliasFields, withWorkspace),
    blocks: tableById(blockRows(database), blockFields, withWorkspace),
    rooms: numberedTable(roomRows(database), roomFields, toRoomDocument),
    revocations: revocationsTable(revocationRows(database)),
    streams: streamsTable(streams),
    entries: entriesTable(streams, entries),
  }
}

async function workspacesOf(db: Db): Promise<string[]> {
  // An entry has a stream of its workspace.
  const names = collections.filter((name) => name !== 'entries')
  const found = await Promise.all(names.map((name) => db.collection(name).distinct('workspace_id')))
  return [...new Set(found.flat().map(String))].toSorted()
}
