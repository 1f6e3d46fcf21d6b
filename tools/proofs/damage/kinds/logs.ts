import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { database, flip, type Kind, log, overwrite, pageBytes, sql } from './kind.ts'

const lost = {
  from: 'killed',
  outcome: 'refused',
  says: /-wal is not what was written to it.*restore/,
} as const

export const logs: readonly Kind[] = [
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
