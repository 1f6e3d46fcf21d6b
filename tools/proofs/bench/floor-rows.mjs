// The rows of the floor's server.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

const packages = createRequire(new URL('../../../packages/server/package.json', import.meta.url))
const { DatabaseSync } = process.getBuiltinModule('node:sqlite') ?? packages('@photostructure/sqlite')

export const inMemory = ':memory:'

export function openRows(folder) {
  const db = new DatabaseSync(folder === inMemory ? folder : join(folder, 'floor.sqlite'))
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000')
  db.exec(`CREATE TABLE IF NOT EXISTS entries (stream_n INTEGER, seq INTEGER, id TEXT, author TEXT, cid TEXT, text TEXT);
    CREATE UNIQUE INDEX IF NOT EXISTS entries_place ON entries (stream_n, seq);
    CREATE UNIQUE INDEX IF NOT EXISTS entries_cid ON entries (cid, stream_n, author)`)
  const insert = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)')
  const newest = db.prepare('SELECT text FROM entries WHERE stream_n = ? ORDER BY seq DESC LIMIT ?')
  return {
    write(rows) {
      db.exec('BEGIN')
      for (const row of rows) insert.run(...row)
      db.exec('COMMIT')
    },
    newest: (n, count) => newest.all(n, count).map(({ text }) => text),
  }
}

// In a thread of its own: writes what it is sent.
if (workerData?.floor) {
  const { write } = openRows(workerData.floor)
  parentPort.on('message', (rows) => {
    write(rows)
    parentPort.postMessage(null)
  })
}
