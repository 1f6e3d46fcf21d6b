import { readFileSync } from 'node:fs'
import { loadSqlite } from '../../../../packages/server/src/stores/embedded/sqlite.ts'
import { database, type Kind, overwrite, pageBytes } from './kind.ts'

/** The page on which a text is. */
function pageWith(file: string, text: string): number {
  const at = readFileSync(file).lastIndexOf(text)
  if (at < 0) throw new Error(`${text} is not in ${file}`)
  return Math.floor(at / pageBytes)
}

export const pages: readonly Kind[] = [
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
