import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CallRow } from '../../fields/calls.ts'
import type { RoomRow } from '../../fields/rooms.ts'
import { type Collection, collections, type Portable, type PortableRows } from '../../portable.ts'
import { StoreOpenError } from '../../store.ts'
import { callDeviceRows } from '../calls.ts'
import { type DataFolder, databaseName, openDataFolder } from '../data-folder.ts'
import { roomMemberRows } from '../rooms.ts'
import { type Database, loadSqlite } from '../sqlite.ts'
import { tables } from '../tables.ts'
import { portableEntries } from './entries.ts'
import { streamRenaming } from './rename-stream.ts'
import { keyedTable, type Table } from './table.ts'

const batchSize = 1_000

/**
 * The rows of a data folder, which no server may use meanwhile; made where it is missing, unless it has to exist.
 * @throws StoreOpenError
 */
export async function embeddedPortable(
  path: string,
  { mustExist }: { mustExist: boolean },
): Promise<Portable> {
  const database = join(resolve(path), databaseName)
  if (mustExist && !existsSync(database)) {
    throw new StoreOpenError(`${database} does not exist: name the data folder of a server that has run`)
  }
  return portableOf(openDataFolder(path, await loadSqlite()))
}

type PortableTables = { readonly [C in Collection]: Table<PortableRows[C]> }

function portableOf({ db, close }: DataFolder): Portable {
  const byNumber = { key: 'id', order: 'n', keyOf: idOf } as const
  const byId = { key: 'id', order: 'id', keyOf: idOf } as const
  const portable: PortableTables = {
    topics: keyedTable(db, 'topics', tables.topics, byNumber),
    line_managers: keyedTable(db, 'line_managers', tables.line_managers, byNumber),
    tickets: keyedTable(db, 'tickets', tables.tickets, byNumber),
    rooms: portableRooms(db),
    calls: portableCalls(db),
    users: keyedTable(db, 'users', tables.users, byId),
    aliases: keyedTable(db, 'aliases', tables.aliases, byId),
    blocks: keyedTable(db, 'blocks', tables.blocks, byId),
    keys: keyedTable(db, 'keys', tables.keys, byNumber),
    audit: keyedTable(db, 'audit', tables.audit, { key: 'id', order: 'id', keyOf: idOf }),
    revocations: keyedTable(db, 'revocations', tables.revocations, {
      key: 'user_id',
      order: 'user_id',
      keyOf: ({ user_id }) => user_id,
    }),
    streams: keyedTable(db, 'streams', tables.streams, {
      key: 'stream',
      order: 'stream',
      keyOf: ({ stream }) => stream,
    }),
    entries: portableEntries(db),
  }
  const renameStream = streamRenaming(db)
  const workspaces = db.prepare<{ workspace_id: string }>(
    // An entry has a stream of its workspace.
    `${collections
      .filter((name) => name !== 'entries')
      .map((table) => `SELECT workspace_id FROM ${table}`)
      .join(' UNION ')} ORDER BY workspace_id`,
  )

  return {
    workspaces: async () => workspaces.all().map(({ workspace_id }) => workspace_id),
    count: async (workspaceId, collection) => portable[collection].count(workspaceId),
    read: (workspaceId, collection, after) => batches(portable[collection], workspaceId, after),
    find: async (workspaceId, collection, row) => portable[collection].find(workspaceId, row),
    last: async (workspaceId, collection) => portable[collection].last(workspaceId),

    write: async (workspaceId, collection, rows) =>
      inTransaction(db, () => {
        for (const row of rows) portable[collection].insert(workspaceId, row)
      }),

    replace: async (workspaceId, collection, rows) =>
      inTransaction(db, () => rows.map((row) => portable[collection].replace(workspaceId, row))),
    renameStream: async (...names) => inTransaction(db, () => renameStream(...names)),

    close: async () => close(),
  }
}

function inTransaction<Result>(db: Database, run: () => Result): Result {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

function idOf({ _id }: { readonly _id: string }): string {
  return _id
}

async function* batches<Row>(
  table: Table<Row>,
  workspaceId: string,
  after: Row | null,
): AsyncGenerator<Row[]> {
  for (let last = after; ; ) {
    const rows = table.after(workspaceId, last, batchSize)
    if (rows.length > 0) yield rows
    if (rows.length < batchSize) return
    last = rows.at(-1) ?? null
  }
}

/** The calls, with the devices of those that have not ended. */
function portableCalls(db: Database): Table<CallRow> {
  const table = keyedTable(db, 'calls', tables.calls, { key: 'id', order: 'id', keyOf: idOf })
  const numberOf = db.prepare<{ n: number }>('SELECT n FROM calls WHERE workspace_id = ? AND id = ?')
  const devices = callDeviceRows(db)
  return {
    ...table,
    insert(workspaceId, row) {
      table.insert(workspaceId, row)
      const inserted = numberOf.get(workspaceId, row._id)
      if (inserted) devices.add(workspaceId, inserted.n, row)
    },
  }
}

/** The rooms, with the rows to find them by. */
function portableRooms(db: Database): Table<RoomRow> {
  const table = keyedTable(db, 'rooms', tables.rooms, { key: 'id', order: 'n', keyOf: idOf })
  const numberOf = db.prepare<{ n: number }>('SELECT n FROM rooms WHERE workspace_id = ? AND id = ?')
  const { add } = roomMemberRows(db)
  return {
    ...table,
    insert(workspaceId, row) {
      table.insert(workspaceId, row)
      const inserted = numberOf.get(workspaceId, row._id)
      if (!inserted) return
      for (const { user_id } of row.members) add(workspaceId, user_id, inserted.n)
    },
  }
}
