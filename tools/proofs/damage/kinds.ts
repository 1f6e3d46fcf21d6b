import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { loadSqlite } from '../../../packages/server/src/stores/embedded/sqlite.ts'

/** Damage to a data folder that no server uses, and what the next start has to make of it. */
export interface Kind {
  readonly id: string
  readonly what: string
  readonly from: 'closed' | 'killed'
  /**
   * `refused`: the start says what is wrong. `told`: readers are told, or the log. `unharmed`: everything is as it was.
   */
  readonly outcome: 'refused' | 'told' | 'unharmed'
  /** What the start's refusal, or the log, must say. */
  readonly says?: RegExp
  damage(folder: string): void | Promise<void>
  /** Whether it is in the short form. */
  readonly isShort?: true
}

const database = (folder: string) => join(folder, 'chat.sqlite')
const log = (folder: string) => join(folder, 'chat.sqlite-wal')

async function sql(folder: string, ...statements: string[]): Promise<void> {
  const db = (await loadSqlite())(database(folder))
  // As a damaged page would be, past every constraint.
  for (const statement of statements) db.exec(statement)
  db.close()
}

const row = (set: string) => (folder: string) =>
  sql(
    folder,
    `UPDATE entries SET ${set} WHERE seq = 60 AND stream_n = (SELECT n FROM streams WHERE stream = 'room:lobby')`,
  )

function overwrite(file: string, at: number, bytes: Buffer | string): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.from(bytes), 0, bytes.length, at)
  closeSync(descriptor)
}

function flip(file: string, at: number): void {
  const byte = readFileSync(file)[at] ?? 0
  overwrite(file, at, Buffer.from([byte ^ 0xff]))
}

const pageBytes = 4096

/** The page on which a text is. */
function pageWith(file: string, text: string): number {
  const at = readFileSync(file).lastIndexOf(text)
  if (at < 0) throw new Error(`${text} is not in ${file}`)
  return Math.floor(at / pageBytes)
}

const damagedRow = { from: 'closed', outcome: 'told', says: /stored row is damaged/ } as const

const rows: readonly Kind[] = [
  {
    ...damagedRow,
    id: 'row-quote',
    what: "a byte of a message's text is a quote",
    damage: row(`text = replace(text, 'message 60', 'messa"e 60')`),
    isShort: true,
  },
  {
    ...damagedRow,
    id: 'row-control',
    what: "a byte of a message's text is a control character",
    damage: row(`text = replace(text, 'message 60', 'messa' || char(1) || 'e 60')`),
  },
  {
    ...damagedRow,
    id: 'row-cut',
    what: "a message's text ends half-way",
    damage: row('text = substr(text, 1, 150)'),
  },
  { ...damagedRow, id: 'row-empty', what: "a message's text is empty", damage: row(`text = ''`) },
  { ...damagedRow, id: 'row-blob', what: "a message's text is bytes", damage: row(`text = x'00ff00ff'`) },
  {
    ...damagedRow,
    id: 'row-key',
    what: "a message's text has another field",
    damage: row(`text = replace(text, '"message_data"', '"message_dafa"')`),
  },
  {
    ...damagedRow,
    id: 'row-seq',
    what: "a message's text is of another seq",
    damage: row(`text = replace(text, '"seq":60', '"seq":61')`),
  },
  {
    ...damagedRow,
    id: 'row-stream',
    what: "a message's text is of another stream",
    damage: row(`text = replace(text, 'room:lobby', 'room:cellar')`),
  },
  {
    ...damagedRow,
    id: 'row-id',
    what: "a message's text has another id",
    damage: row(`text = json_set(text, '$._id', 'another')`),
  },
  {
    ...damagedRow,
    id: 'row-time',
    what: "a message's time is none",
    damage: row(`text = json_set(text, '$.created_at', '2026-13-99')`),
  },
  {
    ...damagedRow,
    id: 'row-gone',
    what: 'a message in the middle is missing',
    damage: (folder) =>
      sql(
        folder,
        `DELETE FROM entries WHERE seq = 60 AND stream_n = (SELECT n FROM streams WHERE stream = 'room:lobby')`,
      ),
  },
  {
    ...damagedRow,
    id: 'ticket',
    what: "a ticket's name is a number",
    damage: (folder) =>
      sql(folder, `UPDATE tickets SET product = x'01' WHERE n = (SELECT min(n) FROM tickets)`),
  },
  {
    ...damagedRow,
    id: 'room',
    what: "a room's metadata is no JSON",
    damage: (folder) =>
      sql(folder, `UPDATE rooms SET metadata_text = '{' WHERE n = (SELECT min(n) FROM rooms)`),
  },
  {
    ...damagedRow,
    id: 'call',
    what: "an open call's fields are no JSON",
    damage: (folder) =>
      sql(
        folder,
        `UPDATE calls SET body = '{"' WHERE n = (SELECT min(n) FROM calls)`,
        `INSERT OR IGNORE INTO call_devices SELECT workspace_id, 'bob', 'd', min(n) FROM calls`,
      ),
  },
  {
    ...damagedRow,
    id: 'topic',
    what: "a topic's time is missing",
    damage: (folder) => sql(folder, `UPDATE topics SET created_at = x'00'`),
  },
]

const header: readonly Kind[] = [
  {
    id: 'file-empty',
    what: 'the database is cut to nothing',
    from: 'closed',
    outcome: 'refused',
    says: /is empty, though a server has kept data here.*restore/,
    damage: (folder) => truncateSync(database(folder), 0),
    isShort: true,
  },
  {
    id: 'file-gone',
    what: 'the database is missing',
    from: 'closed',
    outcome: 'refused',
    says: /is missing, though.*restore/,
    damage: (folder) => rmSync(database(folder)),
  },
  {
    id: 'file-half',
    what: 'the database is cut to half',
    from: 'closed',
    outcome: 'refused',
    says: /malformed|damaged/,
    damage: (folder) =>
      truncateSync(database(folder), Math.floor(statSync(database(folder)).size / pageBytes / 2) * pageBytes),
  },
  {
    id: 'file-magic',
    what: "the database's first byte is another",
    from: 'closed',
    outcome: 'refused',
    says: /not a database.*restore/,
    damage: (folder) => flip(database(folder), 0),
  },
  {
    id: 'file-page-size',
    what: "the database's page size is another",
    from: 'closed',
    outcome: 'refused',
    says: /restore/,
    damage: (folder) => overwrite(database(folder), 16, Buffer.from([0x00, 0x03])),
  },
  {
    id: 'file-owner',
    what: 'the database says that it is of another application',
    from: 'closed',
    outcome: 'refused',
    says: /another application/,
    damage: (folder) => flip(database(folder), 68),
  },
  {
    id: 'file-version',
    what: 'the database says that it is of a later version',
    from: 'closed',
    outcome: 'refused',
    says: /newer version/,
    damage: (folder) => overwrite(database(folder), 60, Buffer.from([0x00, 0x00, 0x7f, 0x00])),
  },
  {
    id: 'file-earlier',
    what: 'the database says that it is of an earlier version',
    from: 'closed',
    outcome: 'refused',
    says: /restore/,
    damage: (folder) => overwrite(database(folder), 60, Buffer.from([0, 0, 0, 1])),
  },
  {
    id: 'file-random',
    what: 'the database is another file',
    from: 'closed',
    outcome: 'refused',
    says: /not a database/,
    damage: (folder) => writeFileSync(database(folder), 'x'.repeat(50_000)),
  },
]

const pages: readonly Kind[] = [
  {
    id: 'page-schema',
    what: 'the table of tables is zeros',
    from: 'closed',
    outcome: 'refused',
    says: /restore/,
    damage: (folder) => overwrite(database(folder), 100, Buffer.alloc(pageBytes - 100)),
  },
  {
    id: 'page-zero',
    what: 'a page of messages is zeros',
    from: 'closed',
    outcome: 'refused',
    says: /damaged.*restore/,
    damage: (folder) =>
      overwrite(
        database(folder),
        pageWith(database(folder), 'message 60 in lobby') * pageBytes,
        Buffer.alloc(pageBytes),
      ),
    isShort: true,
  },
  {
    id: 'page-noise',
    what: 'the head of a page of messages is noise',
    from: 'closed',
    outcome: 'refused',
    says: /damaged.*restore/,
    damage: (folder) =>
      overwrite(
        database(folder),
        pageWith(database(folder), 'message 60 in lobby') * pageBytes,
        Buffer.alloc(64, 0xa7),
      ),
  },
  {
    id: 'page-root',
    what: 'the root of the table of tickets is noise',
    from: 'closed',
    outcome: 'refused',
    says: /damaged|malformed/,
    damage: rootNoise('tickets'),
  },
  {
    id: 'page-index',
    what: 'the root of an index is noise',
    from: 'closed',
    outcome: 'refused',
    says: /damaged|malformed/,
    damage: rootNoise('entries_place'),
  },
]

function rootNoise(name: string) {
  return async (folder: string): Promise<void> => {
    const db = (await loadSqlite())(database(folder))
    const { rootpage } = db
      .prepare<{ rootpage: number }>('SELECT rootpage FROM sqlite_schema WHERE name = ?')
      .get(name) ?? { rootpage: 0 }
    db.close()
    overwrite(database(folder), (rootpage - 1) * pageBytes, Buffer.alloc(200, 0x5a))
  }
}

const lost = {
  from: 'killed',
  outcome: 'refused',
  says: /-wal is not what was written to it.*restore/,
} as const

const logs: readonly Kind[] = [
  {
    ...lost,
    id: 'log-gone',
    what: 'the log is removed after kill -9',
    damage: (folder) => rmSync(log(folder)),
    isShort: true,
  },
  {
    ...lost,
    id: 'log-empty',
    what: 'the log is cut to nothing after kill -9',
    damage: (folder) => truncateSync(log(folder), 0),
  },
  { ...lost, id: 'log-cut', what: 'the log loses its last commit after kill -9', damage: cutLog },
  {
    ...lost,
    id: 'log-flip',
    what: 'a byte in the middle of the log is another after kill -9',
    damage: flipLog,
    isShort: true,
  },
  {
    ...lost,
    id: 'log-header',
    what: 'the header of the log is another after kill -9',
    damage: (folder) => flip(log(folder), 9),
  },
  {
    ...lost,
    id: 'log-unused',
    what: 'the database says that it has no log',
    damage: (folder) => overwrite(database(folder), 18, Buffer.from([1, 1])),
  },
  {
    id: 'log-kept',
    what: 'nothing but kill -9',
    from: 'killed',
    outcome: 'unharmed',
    damage: () => {},
  },
  {
    id: 'log-index-gone',
    what: 'the index of the log is removed after kill -9',
    from: 'killed',
    outcome: 'unharmed',
    damage: (folder) => rmSync(`${database(folder)}-shm`, { force: true }),
  },
  {
    id: 'log-index-noise',
    what: 'the index of the log is noise after kill -9',
    from: 'killed',
    outcome: 'unharmed',
    damage: (folder) => writeFileSync(`${database(folder)}-shm`, Buffer.alloc(32_768, 0xa7)),
  },
  {
    id: 'log-folded',
    what: 'another program has opened and closed the database after kill -9',
    from: 'killed',
    outcome: 'unharmed',
    damage: (folder) => sql(folder, 'SELECT count(*) FROM entries'),
    isShort: true,
  },
]

/** Frames behind the last commit are of an earlier log: what counts is how far the record says that it went. */
function cutLog(folder: string): void {
  const { frames } = JSON.parse(readFileSync(join(folder, 'written'), 'utf8')) as { frames: number }
  truncateSync(log(folder), 32 + (frames - 1) * (24 + pageBytes))
}

function flipLog(folder: string): void {
  const { frames } = JSON.parse(readFileSync(join(folder, 'written'), 'utf8')) as { frames: number }
  flip(log(folder), 32 + Math.floor(frames / 2) * (24 + pageBytes) + 100)
}

const others: readonly Kind[] = [
  {
    id: 'record-noise',
    what: 'the record of the log is noise after kill -9',
    from: 'killed',
    outcome: 'unharmed',
    damage: (folder) => writeFileSync(join(folder, 'written'), Buffer.alloc(128, 0xa7)),
  },
  {
    id: 'record-gone',
    what: 'the record of the log is removed after kill -9',
    from: 'killed',
    outcome: 'unharmed',
    damage: (folder) => rmSync(join(folder, 'written')),
  },
  {
    id: 'lock-noise',
    what: 'the lock is noise',
    from: 'closed',
    outcome: 'refused',
    says: /cannot be (locked|opened)/,
    damage: (folder) => writeFileSync(join(folder, 'lock'), 'x'.repeat(5_000)),
  },
  {
    id: 'lock-gone',
    what: 'the lock is removed',
    from: 'closed',
    outcome: 'unharmed',
    damage: (folder) => rmSync(join(folder, 'lock')),
  },
  {
    id: 'folder-file',
    what: 'the folder is a file',
    from: 'closed',
    outcome: 'refused',
    says: /there is a file in its place/,
    damage: (folder) => {
      rmSync(folder, { recursive: true })
      writeFileSync(folder, '')
    },
  },
  {
    id: 'files-foreign',
    what: 'the database is replaced by an empty one of SQLite',
    from: 'closed',
    outcome: 'refused',
    says: /is empty, though|restore/,
    damage: async (folder) => {
      rmSync(database(folder))
      const db = (await loadSqlite())(database(folder))
      db.exec('PRAGMA user_version = 0')
      db.close()
      if (!existsSync(database(folder))) writeFileSync(database(folder), '')
    },
  },
]

export const kinds: readonly Kind[] = [...rows, ...header, ...pages, ...logs, ...others]
