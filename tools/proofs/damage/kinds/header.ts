import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { database, flip, type Kind, overwrite, pageBytes } from './kind.ts'

export const header: readonly Kind[] = [
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
