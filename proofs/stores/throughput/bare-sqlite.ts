import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSqlite } from '../../../packages/server/src/stores/embedded/sqlite.ts'
import { type Bare, together } from './together.ts'

// The embedded store's own.
const pragmas =
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000'

/** One INSERT a row, and one commit for all that wait. */
export async function bareSqlite(): Promise<Bare> {
  const path = mkdtempSync(join(tmpdir(), 'dowellchat-bare-'))
  const connect = await loadSqlite()
  const db = connect(join(path, 'bare.sqlite'))
  db.exec(`${pragmas}; CREATE TABLE rows (text TEXT NOT NULL)`)
  const insert = db.prepare('INSERT INTO rows (text) VALUES (?)')
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')]
  const contender = together(async (texts) => {
    begin.run()
    for (const text of texts) insert.run(text)
    commit.run()
  })
  return {
    title: 'bare SQLite, what waits in one commit',
    ...contender,
    async close() {
      db.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}
