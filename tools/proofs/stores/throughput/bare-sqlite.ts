import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSqlite } from '../../../../packages/server/src/stores/embedded/sqlite.ts'
import { makeCid } from '../../bench/ids.ts'
import { type Bare, together } from './together.ts'

// The embedded store's own.
const pragmas =
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000'

/** One INSERT a row, and one commit for all that wait; with the unique keys that an entry needs, or without. */
export async function bareSqlite(how: 'plain' | 'keyed'): Promise<Bare> {
  const path = mkdtempSync(join(tmpdir(), 'dowellchat-bare-'))
  const connect = await loadSqlite()
  const db = connect(join(path, 'bare.sqlite'))
  db.exec(`${pragmas}; CREATE TABLE rows (seq INTEGER NOT NULL, cid TEXT NOT NULL, text TEXT NOT NULL)`)
  if (how === 'keyed')
    db.exec('CREATE UNIQUE INDEX seqs ON rows (seq); CREATE UNIQUE INDEX cids ON rows (cid)')
  const insert = db.prepare('INSERT INTO rows (seq, cid, text) VALUES (?, ?, ?)')
  let seq = 0
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')]
  const contender = together(async (texts) => {
    begin.run()
    for (const text of texts) insert.run(++seq, makeCid(), text)
    commit.run()
  })
  return {
    title: how === 'keyed' ? 'bare SQLite with two unique keys' : 'bare SQLite, what waits in one commit',
    ...contender,
    async close() {
      db.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}
