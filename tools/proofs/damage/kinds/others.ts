import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadSqlite } from '../../../../packages/server/src/stores/embedded/sqlite.ts'
import { database, type Kind } from './kind.ts'

export const others: readonly Kind[] = [
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
