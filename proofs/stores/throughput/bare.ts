import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { turn } from '../../../packages/server/src/batch-queues.ts'
import { loadSqlite } from '../../../packages/server/src/stores/embedded/sqlite.ts'
import { messageOf } from '../../../packages/server/src/stores/message.ts'
import { makeDraft } from '../drafts.ts'
import type { Driver } from '../place.ts'
import type { Contender } from './contender.ts'

export interface Bare extends Contender {
  readonly title: string
  close(): Promise<void>
}

/** The least that makes a message's text durable: a row of it in a table of its own, written with whatever else waits. */
export async function bareInserts(driver: Driver): Promise<Bare> {
  if (driver === 'mongo') throw new Error('There is no MongoDB driver yet')
  return bareSqlite()
}

/** What a store keeps of a message. */
export function textOf(number: number): string {
  const placed = { _id: crypto.randomUUID(), seq: number, nth: number, created_at: new Date().toISOString() }
  return JSON.stringify(messageOf(makeDraft(`user ${number % 50}`), placed, 'room:bare'))
}

async function bareSqlite(): Promise<Bare> {
  const path = mkdtempSync(join(tmpdir(), 'dowellchat-bare-'))
  const connect = await loadSqlite()
  const db = connect(join(path, 'bare.sqlite'))
  // The embedded store's own.
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000',
  )
  db.exec('CREATE TABLE rows (text TEXT NOT NULL)')
  const insert = db.prepare('INSERT INTO rows (text) VALUES (?)')
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')]
  const { add, commits } = together(async (texts) => {
    begin.run()
    for (const text of texts) insert.run(text)
    commit.run()
  })
  return {
    title: 'bare SQLite',
    add,
    commits,
    async close() {
      db.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** Writes in one go what has gathered meanwhile. */
export function together(write: (texts: readonly string[]) => Promise<void>): Contender {
  let waiting: { text: string; written: () => void }[] = []
  let isRunning = false
  let commits = 0
  async function drain(): Promise<void> {
    isRunning = true
    await turn()
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await write(batch.map(({ text }) => text))
      commits += 1
      for (const { written } of batch) written()
      // What is sent on hearing this comes along.
      await turn()
    }
    isRunning = false
  }
  return {
    add: (number) =>
      new Promise<void>((written) => {
        waiting.push({ text: textOf(number), written })
        if (!isRunning) void drain()
      }),
    commits: () => commits,
  }
}
