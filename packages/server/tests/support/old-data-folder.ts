import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadSqlite } from '../../src/stores/embedded/sqlite.ts'
import { oldRows } from './old-rows.ts'

/** The tables of version 0.1.0, letter for letter; never changed. */
const schema = `
  CREATE TABLE workspaces (id TEXT PRIMARY KEY, key_hashes TEXT NOT NULL, guests INTEGER NOT NULL);

  CREATE TABLE streams (
    n INTEGER PRIMARY KEY, workspace_id TEXT NOT NULL, stream TEXT NOT NULL, epoch TEXT NOT NULL,
    UNIQUE (workspace_id, stream)
  );

  CREATE TABLE entries (
    stream_n INTEGER NOT NULL, seq INTEGER NOT NULL, nth INTEGER NOT NULL, id TEXT NOT NULL,
    author TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL, sid TEXT, text TEXT NOT NULL
  );
  CREATE UNIQUE INDEX entries_place ON entries (stream_n, seq);
  CREATE UNIQUE INDEX entries_cid ON entries (cid, stream_n, author);

  CREATE TABLE calls (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL,
    user_id TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL, body TEXT NOT NULL
  );
  CREATE UNIQUE INDEX calls_id ON calls (workspace_id, id);
  CREATE UNIQUE INDEX calls_cid ON calls (cid, workspace_id, user_id);

  CREATE TABLE call_devices (
    workspace_id TEXT NOT NULL, user_id TEXT NOT NULL, device_id TEXT NOT NULL, call_n INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id, device_id, call_n)
  ) WITHOUT ROWID;
  CREATE INDEX call_devices_call ON call_devices (call_n);

  CREATE TABLE topics (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    created_at TEXT NOT NULL, client_created_at TEXT,
    user_id TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX topics_name ON topics (workspace_id, name);
  CREATE UNIQUE INDEX topics_cid ON topics (cid, workspace_id, user_id);

  CREATE TABLE line_managers (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    positions_in_a_line INTEGER NOT NULL, average_serving_time REAL NOT NULL, capacity INTEGER,
    is_active INTEGER NOT NULL, created_at TEXT NOT NULL, client_created_at TEXT,
    created_by TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX line_managers_user ON line_managers (workspace_id, user_id);
  CREATE UNIQUE INDEX line_managers_cid ON line_managers (cid, workspace_id, created_by);

  CREATE TABLE tickets (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    display_name TEXT, product TEXT NOT NULL, line_manager TEXT, slot INTEGER,
    is_closed INTEGER NOT NULL DEFAULT 0, closed_by TEXT, close_count INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, closed_at TEXT, client_created_at TEXT,
    cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX tickets_id ON tickets (workspace_id, id);
  CREATE UNIQUE INDEX tickets_cid ON tickets (cid, workspace_id, user_id);
  CREATE UNIQUE INDEX tickets_slot ON tickets (workspace_id, line_manager, slot) WHERE slot IS NOT NULL;
  CREATE INDEX tickets_open ON tickets (workspace_id, line_manager, n) WHERE is_closed = 0;
  CREATE INDEX tickets_newest ON tickets (workspace_id, n);
  CREATE INDEX tickets_user ON tickets (workspace_id, user_id, n);
  CREATE INDEX tickets_product ON tickets (workspace_id, product, n);
  ALTER TABLE workspaces ADD COLUMN retention_days INTEGER;
  ALTER TABLE streams ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE streams ADD COLUMN pruned_nth INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE streams ADD COLUMN pruned_id TEXT;
  PRAGMA application_id = 1685545844;
  PRAGMA user_version = 2;
  PRAGMA journal_mode = WAL;
`

/** Creates a data folder as version 0.1.0 left it, with `oldRows` in it. */
export async function makeOldDataFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const db = (await loadSqlite())(join(folder, 'chat.sqlite'))
  db.exec(schema)
  const { workspace, topic, lineManager, tickets, call, stream, entry } = oldRows
  const insert = (table: string, row: Readonly<Record<string, string | number | null>>) =>
    db
      .prepare(
        `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.keys(row).map(() => '?')})`,
      )
      .run(...Object.values(row))
  const { _id: workspaceId, key_hashes, guests, retention_days } = workspace
  const hashes = JSON.stringify(key_hashes)
  insert('workspaces', { id: workspaceId, key_hashes: hashes, guests: Number(guests), retention_days })
  const inAcme = { workspace_id: 'acme' }
  const { _id: topicId, ...topicRest } = topic
  insert('topics', { ...inAcme, id: topicId, ...topicRest })
  const { _id: managerId, is_active, ...managerRest } = lineManager
  insert('line_managers', { ...inAcme, id: managerId, is_active: Number(is_active), ...managerRest })
  for (const { _id, is_closed, ...rest } of tickets)
    insert('tickets', { ...inAcme, id: _id, is_closed: Number(is_closed), ...rest })
  const { user_id, cid, fingerprint, ...body } = call
  insert('calls', { ...inAcme, id: body._id, user_id, cid, fingerprint, body: JSON.stringify(body) })
  for (const { user_id, device_id } of [call.caller, ...call.callee_devices])
    insert('call_devices', { ...inAcme, user_id, device_id, call_n: 1 })
  insert('streams', { ...inAcme, ...stream })
  const { _id: entryId, stream: _, ...entryRest } = entry
  insert('entries', { stream_n: 1, id: entryId, ...entryRest })
  db.close()
}
