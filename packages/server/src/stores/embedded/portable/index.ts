import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type CallDevice, callDevices } from '@dowellchat/protocol'
import type { Collection, Portable, PortableRows } from '../../portable.ts'
import { StoreOpenError } from '../../store.ts'
import { type DataFolder, databaseName, openDataFolder } from '../data-folder.ts'
import { type Database, loadSqlite } from '../sqlite.ts'
import { portableEntries, portableStreams } from './streams.ts'
import { booleanField, field, jsonField, rowsTable, type Table } from './table.ts'

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

type Tables = { readonly [C in Collection]: Table<PortableRows[C]> }

function portableOf({ db, close }: DataFolder): Portable {
  const tables: Tables = {
    topics: rowsTable(db, 'topics', 'n', { ...made, ...fields('name', 'created_at', 'user_id') }),
    line_managers: rowsTable(db, 'line_managers', 'n', {
      ...made,
      ...fields('user_id', 'positions_in_a_line', 'average_serving_time', 'capacity', 'created_at'),
      ...fields('created_by'),
      is_active: booleanField('is_active'),
    }),
    tickets: rowsTable(db, 'tickets', 'n', {
      ...made,
      ...fields('user_id', 'display_name', 'product', 'line_manager', 'slot', 'closed_by', 'close_count'),
      ...fields('created_at', 'updated_at', 'closed_at'),
      is_closed: booleanField('is_closed'),
    }),
    calls: portableCalls(db),
    streams: portableStreams(db),
    entries: portableEntries(db),
  }
  const workspaces = db.prepare<{ workspace_id: string }>(
    `${['topics', 'line_managers', 'tickets', 'calls', 'streams']
      .map((table) => `SELECT workspace_id FROM ${table}`)
      .join(' UNION ')} ORDER BY workspace_id`,
  )

  return {
    workspaces: async () => workspaces.all().map(({ workspace_id }) => workspace_id),
    count: async (workspaceId, collection) => tables[collection].count(workspaceId),
    read: (workspaceId, collection, after) => batches(tables[collection], workspaceId, after),
    find: async (workspaceId, collection, row) => tables[collection].find(workspaceId, row),
    last: async (workspaceId, collection) => tables[collection].last(workspaceId),

    async write(workspaceId, collection, rows) {
      db.exec('BEGIN IMMEDIATE')
      try {
        for (const row of rows) tables[collection].insert(workspaceId, row)
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },

    close: async () => close(),
  }
}

const made = { id: field('_id'), ...fields('cid', 'fingerprint', 'client_created_at') }

function fields(...names: string[]): Record<string, ReturnType<typeof field>> {
  return Object.fromEntries(names.map((name) => [name, field(name)]))
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
function portableCalls(db: Database): Table<PortableRows['calls']> {
  const table = rowsTable<PortableRows['calls']>(db, 'calls', 'id', {
    id: field('_id'),
    ...fields('user_id', 'cid', 'fingerprint'),
    body: jsonField('call'),
  })
  const insertDevice = db.prepare(
    `INSERT OR IGNORE INTO call_devices (workspace_id, user_id, device_id, call_n)
     SELECT workspace_id, ?, ?, n FROM calls WHERE workspace_id = ? AND id = ?`,
  )
  return {
    ...table,
    insert(workspaceId, row) {
      table.insert(workspaceId, row)
      const devices: readonly CallDevice[] = row.call.state === 'ended' ? [] : callDevices(row.call)
      for (const { user_id, device_id } of devices) insertDevice.run(user_id, device_id, workspaceId, row._id)
    },
  }
}
