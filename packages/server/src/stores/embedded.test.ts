import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { isMessage, Page } from '@dowellchat/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { storeWriter } from '../../tests/support/programs.ts'
import { storeCases } from '../testing/store-cases/index.ts'
import { draft, newTicket, range, readPage, room, seqs } from '../testing/store-cases/making.ts'
import { createEngine, type Engine } from './embedded/engine.ts'
import { type Backend, groupCommit } from './embedded/group-commit.ts'
import { embeddedStore } from './embedded/index.ts'
import type { Operation } from './embedded/operations.ts'
import { type Database, loadSqlite, prepareDatabase, type Statement } from './embedded/sqlite.ts'
import {
  type PageRange,
  type Store,
  type StoredPage,
  StoreOpenError,
  StoreUnavailableError,
} from './store.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

/** An engine over memory, and a way to run one operation of it. */
async function openEngine() {
  const connect = await loadSqlite()
  const db = connect(':memory:')
  prepareDatabase(db, ':memory:')
  cleanups.push(() => db.close())
  return { db, engine: createEngine(db) }
}

function answerOf(engine: Engine, ...operation: Operation): unknown {
  const [answer] = engine.run([operation])
  if (!answer || !('value' in answer)) throw new Error(`Expected a value, got ${JSON.stringify(answer)}`)
  return answer.value
}

function pageOf(engine: Engine, range: PageRange): Page {
  const stored = answerOf(engine, 'streams', 'page', [room('r'), range])
  // What the engine answers to this operation.
  return Page.parse(JSON.parse((stored as StoredPage).text))
}

/** Changes a data folder's database from outside. */
async function alter(folder: string, sql: string): Promise<void> {
  const connect = await loadSqlite()
  const db = connect(join(folder, 'chat.sqlite'))
  db.exec(sql)
  db.close()
}

/** A database on a disk that refuses to commit as often as it is told to. */
function refusingDisk(db: Database, refusals: number): Database {
  let left = refusals
  return {
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
    prepare<Row>(sql: string): Statement<Row> {
      const statement = db.prepare<Row>(sql)
      if (sql !== 'COMMIT') return statement
      const run = () => {
        if (left-- > 0) throw Object.assign(new Error('disk I/O error'), { errcode: 1034 })
        return statement.run()
      }
      return { run, get: () => statement.get(), all: () => statement.all() }
    },
  }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  cleanups.push(() => rmSync(folder, { recursive: true }))
  return folder
}

async function openStore(path: string): Promise<Store> {
  const store = await embeddedStore({ path })
  cleanups.push(() => store.close())
  return store
}

describe.each([':memory:', 'a folder'])('embedded store in %s', (place) => {
  const isMemory = place === ':memory:'
  // Its lock lets one server in at a time.
  const mine = storeCases.filter(({ reopens, shares }) => !shares && !(isMemory && reopens))
  for (const { title, run } of mine) {
    it(title, async () => {
      const path = isMemory ? place : newFolder()
      await run(() => openStore(path), storeWriter('embeddedStore', { path }))
    })
  }

  it('[S1] appends in the order of the calls', async () => {
    const store = await openStore(isMemory ? place : newFolder())
    const texts = range(1, 50).map((n) => `message ${n}`)
    await Promise.all(texts.map((message_data) => store.streams.append(room('r'), [draft({ message_data })])))
    const { entries } = await readPage(store, room('r'), { newest: 50 })
    expect(entries.filter(isMessage).map(({ message_data }) => message_data)).toEqual(texts)
  })

  it('[S24] finishes what was called before it is closed, and refuses what comes later', async () => {
    const store = await openStore(isMemory ? place : newFolder())
    const appended = store.streams.append(room('r'), [draft()])
    const closed = [store.close(), store.close()]
    await expect(store.topics.list('acme')).rejects.toThrow(StoreUnavailableError)
    expect(await appended).toHaveProperty('epoch')
    await Promise.all(closed)
  })
})

describe('opening a data folder', () => {
  const opening = (path: string) => expect(openStore(path)).rejects

  it('makes it where it is missing, for nobody else to read', async () => {
    const folder = join(newFolder(), 'deep', 'data')
    const store = await openStore(folder)
    await store.streams.append(room('r'), [draft()])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const files = readdirSync(folder)
    expect(files).toEqual(expect.arrayContaining(['chat.sqlite', 'chat.sqlite-wal', 'lock']))
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
  })

  it('refuses a file, and a place below one', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    await opening(file).toThrow(/there is a file in its place/)
    await opening(join(file, 'data')).toThrow(StoreOpenError)
  })

  it('refuses a folder with files of others, but not with hidden ones and the pepper', async () => {
    const folder = newFolder()
    for (const name of ['.hidden', 'pepper']) writeFileSync(join(folder, name), '')
    mkdirSync(join(folder, 'lost+found'))
    await (await openStore(folder)).close()
    const foreign = newFolder()
    writeFileSync(join(foreign, 'letter.txt'), '')
    await opening(foreign).toThrow(/other files \(letter\.txt\).*name an empty folder/)
    expect(readdirSync(foreign)).toEqual(['letter.txt'])
  })

  it('refuses a database that is none, or is not ours', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'chat.sqlite'), 'Once upon a time there was no database.'.repeat(100))
    await opening(folder).toThrow(/chat\.sqlite cannot be opened: file is not a database/)
    const foreign = newFolder()
    await alter(foreign, 'CREATE TABLE songs (title TEXT)')
    await opening(foreign).toThrow(/belongs to another application/)
  })

  it('refuses a database of a newer version', async () => {
    const folder = newFolder()
    await (await openStore(folder)).close()
    await alter(folder, 'PRAGMA user_version = 999')
    await opening(folder).toThrow(/newer version \(999/)
  })

  it('refuses a folder that is in use, until it no longer is', async () => {
    const folder = newFolder()
    const store = await openStore(folder)
    await opening(folder).toThrow(/is in use by another server/)
    await opening(folder).toThrow(StoreOpenError)
    await store.close()
    await openStore(folder)
  })
})

describe('the engine', () => {
  const drafts = (count: number) => range(1, count).map(() => draft())

  it('[S8] finds a page by counting messages where entries of other kinds lie between them', async () => {
    const { db, engine } = await openEngine()
    engine.run([['streams', 'append', [room('r'), drafts(7)]]])
    // As if the 2nd, 3rd and 6th entry were no messages.
    for (const [index, nth] of [1, 1, 1, 2, 3, 3, 4].entries()) {
      const type = [2, 3, 6].includes(index + 1) ? "'deletion'" : 'NULL'
      db.exec(
        `UPDATE entries SET nth = ${nth}, type = ${type}, text = json_set(text, '$.nth', ${nth}) WHERE seq = ${index + 1}`,
      )
    }
    const altered = createEngine(db)
    expect(seqs(pageOf(altered, { newest: 2 }))).toEqual([5, 7])
    expect(seqs(pageOf(altered, { before: 4, limit: 2 }))).toEqual([4, 5])
    expect(seqs(pageOf(altered, { before: 2, limit: 5 }))).toEqual([1])
    expect(seqs(pageOf(altered, { newest: 50 }))).toEqual([1, 4, 5, 7])
  })

  it('[S1] takes nothing of a batch whose commit the disk refuses, and the next one without a hole', async () => {
    const { db } = await openEngine()
    const engine = createEngine(refusingDisk(db, 2))
    const append: Operation = ['streams', 'append', [room('r'), [draft()]]]
    const refused = { failure: 'disk I/O error', unavailable: true }
    for (const _ of range(1, 2)) {
      expect(engine.run([append, ['tickets', 'create', [newTicket()]]])).toEqual([refused, refused])
    }
    expect(answerOf(engine, ...append)).toMatchObject({ appended: [{ created: true, placed: { seq: 1 } }] })
    expect(answerOf(engine, 'tickets', 'list', ['acme', { limit: 9 }])).toEqual({ tickets: [], more: false })
  })
})

describe('the thread of a folder', () => {
  it('[S23] leaves nobody waiting when it dies', async () => {
    const sent = vi.spyOn(Worker.prototype, 'postMessage')
    const store = await openStore(newFolder())
    await store.topics.list('acme')
    const [worker] = sent.mock.contexts
    sent.mockRestore()
    if (!(worker instanceof Worker)) throw new Error('Expected a worker')
    const pending = store.topics.list('acme')
    await Promise.all([expect(pending).rejects.toThrow(StoreUnavailableError), worker.terminate()])
    await expect(store.topics.list('acme')).rejects.toThrow(StoreUnavailableError)
    await store.close()
  })
})

describe('group commit', () => {
  it('runs what is called meanwhile as one batch, in order, and survives an engine that is gone', async () => {
    const batches: unknown[][] = []
    let isGone = false
    const backend: Backend = {
      async run(batch) {
        batches.push(batch.map(([, method]) => method))
        await new Promise((resolve) => setTimeout(resolve, 5))
        if (isGone) throw new Error('gone')
        return batch.map(([, method]) => ({ value: method }))
      },
      close: async () => {},
    }
    const { submit } = groupCommit(backend)
    const call = (method: string) => submit(['topics', method, []])
    const first = [call('a'), call('b')]
    await new Promise((resolve) => setImmediate(resolve))
    const second = [call('c'), call('d')]
    expect(await Promise.all([...first, ...second])).toEqual(['a', 'b', 'c', 'd'])
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    isGone = true
    await expect(call('e')).rejects.toThrow(StoreUnavailableError)
  })

  it('reads pages a few at a time, beside what is written, and none before what was written before it', async () => {
    const batches: unknown[][] = []
    const backend: Backend = {
      async run(batch) {
        batches.push(batch.map(([, , [name]]) => name))
        await new Promise((resolve) => setImmediate(resolve))
        return batch.map(() => ({ value: null }))
      },
      close: async () => {},
    }
    const { submit } = groupCommit(backend)
    const append = (name: string) => submit(['streams', 'append', [name]])
    const page = (name: string) => submit(['streams', 'page', [name]])
    const pages = (first: number, last: number) => Promise.all(range(first, last).map((n) => page(`p${n}`)))
    const named = (first: number, last: number) => range(first, last).map((n) => `p${n}`)
    await Promise.all([append('a'), pages(1, 10), append('b'), pages(11, 11), append('c')])
    expect(batches).toEqual([['a', 'b', 'c'], named(1, 8), named(9, 11)])
    batches.length = 0
    const begun = pages(1, 10)
    await Promise.resolve()
    await Promise.all([begun, append('a'), pages(11, 11)])
    expect(batches).toEqual([named(1, 8), ['a'], named(9, 11)])
  })
})
