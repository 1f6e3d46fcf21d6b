import { openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { threadStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../tests/support/server-process.ts'
import {
  draft,
  naming,
  newLineManager,
  newTicket,
  newUpload,
  range,
  readPage,
  room,
  rowOf,
} from '../../testing/store-cases/making.ts'
import type { DamagedRow } from '../health.ts'
import type { Pruned, Store } from '../store.ts'
import { embeddedStore } from './index.ts'
import { databaseName } from './names.ts'
import { loadSqlite } from './sqlite.ts'

const [a, b] = [room('a'), room('b')]
const pageBytes = 4_096

/** A folder with 200 messages of Ann in each of two rooms. */
async function fill(): Promise<string> {
  const path = join(temporaryFolder(), 'data')
  const store = await embeddedStore({ path })
  for (const key of [a, b])
    for (const n of range(1, 20))
      await store.streams.append(
        key,
        range(1, 10).map(() => draft({ author: 'ann', message_data: `marker ${key.stream} ${n} of words` })),
      )
  await store.close()
  return path
}

/** The store of the folder, and what it has said of damaged rows. */
async function open(path: string) {
  const store = await embeddedStore({ path, deadlineMs: 20_000 })
  onTestFinished(() => store.close())
  const damaged: DamagedRow[] = []
  store.onDamaged?.((row) => damaged.push(row))
  return { store, damaged, path }
}

/** Makes the file so large that the start looks at none of its pages. */
async function enlarge(path: string): Promise<void> {
  const large = await embeddedStore({ path, deadlineMs: 20_000 })
  for (const _ of range(1, 34))
    await large.streams.append(room('large', 'other'), [draft({ message_data: 'x'.repeat(1_000_000) })])
  await large.close()
}

/** Damages the page that has a text, counted from 1 as SQLite does, or any other. */
function damagePage(path: string, which: string | number): void {
  const file = join(path, databaseName)
  const page =
    typeof which === 'number' ? which - 1 : Math.floor(readFileSync(file).indexOf(which) / pageBytes)
  writeSync(openSync(file, 'r+'), Buffer.alloc(pageBytes, 0x5a), 0, pageBytes, page * pageBytes)
}

/** A store in whose file a page is damaged that has messages of room `a`. */
async function openDamagedPage(sql = '') {
  const path = await fill()
  await enlarge(path)
  await change(path, sql)
  damagePage(path, 'marker room:a 10 ')
  return open(path)
}

async function openDamagedRow(sql: string) {
  const path = await fill()
  await change(path, sql)
  return open(path)
}

async function change(path: string, sql: string): Promise<void> {
  const db = (await loadSqlite())(join(path, databaseName))
  db.exec(sql)
  db.close()
}

async function pruneAll(store: Store): Promise<number> {
  let removed = 0
  for (let from: string | null = ''; from !== null; ) {
    const pruned: Pruned = await store.streams.prune('acme', '9999', from)
    removed += pruned.removed
    from = pruned.next
  }
  return removed
}

/** What is said of a log in which retention ends at an entry. */
const endOf = (seq: number) =>
  `nothing from entry ${seq} on can be removed by its age: a page of the file is damaged`

it('[SD1, ST9] removes what is old up to a damaged page of the file, and says where it ends', async () => {
  const { store, damaged } = await openDamagedPage()
  await pruneAll(store)
  expect((await readPage(store, b, { newest: 1 })).entries).toEqual([])
  const left = await readPage(store, a, { newest: 1 })
  // SQLite joins pages that get empty: those beside the damaged one cannot get so.
  expect(left.first_seq).toBeGreaterThan(70)
  expect(left.entries.at(-1)).toMatchObject({ seq: 200 })
  expect(damaged).toContainEqual(expect.objectContaining({ collection: 'entries', place: `${a.stream} 95` }))
  expect(damaged.filter(({ collection }) => collection === 'streams')).toEqual([
    { workspace_id: 'acme', collection: 'streams', place: a.stream, problem: endOf(left.first_seq) },
  ])
  expect(await pruneAll(store)).toBe(0)
})

it('[SD1, ST9] removes what is old up to an entry of which an index’s page is damaged, and says where it ends', async () => {
  const path = await fill()
  await enlarge(path)
  const leaf = "SELECT pageno FROM dbstat WHERE name = 'entries_cid' AND pagetype = 'leaf' LIMIT 1"
  const db = (await loadSqlite())(join(path, databaseName))
  const pages = db.prepare<{ pageno: number }>(leaf).all()
  db.close()
  damagePage(path, pages[0]?.pageno ?? 0)
  const { store, damaged } = await open(path)
  const removed = await pruneAll(store)
  const firsts = await Promise.all(
    [a, b].map(async (key) => (await readPage(store, key, { newest: 1 })).first_seq),
  )
  expect(removed).toBe(firsts.reduce((sum, first) => sum + first - 1, 0))
  expect(damaged).toEqual(
    [a, b].map(({ stream }, at) =>
      expect.objectContaining({ collection: 'streams', place: stream, problem: endOf(firsts[at] ?? 0) }),
    ),
  )
  expect(await pruneAll(store)).toBe(0)
})

it('[SD1] indexes and removes beside a damaged page behind a hole', async () => {
  const { store, damaged } = await openDamagedPage(
    "DELETE FROM entries WHERE seq BETWEEN 30 AND 84 AND stream_n = (SELECT n FROM streams WHERE stream = 'room:a')",
  )
  await store.search.prepare('acme')
  for (let left = [a, b]; left.length > 0; ) left = [...(await store.search.index(left))]
  expect((await store.search.behind('acme', null)).streams).toEqual([])
  await pruneAll(store)
  expect((await readPage(store, b, { newest: 1 })).entries).toEqual([])
  expect((await readPage(store, a, { newest: 1 })).first_seq).toBeGreaterThan(20)
  expect(damaged).toContainEqual(expect.objectContaining({ collection: 'entries', place: `${a.stream} 95` }))
})

it('[SD1, PD7] finds what is of a person around a damaged page of the file', async () => {
  const { store, damaged } = await openDamagedPage()
  const found: string[] = []
  for (let from: string | null = null; ; ) {
    const { rows, next } = await store.personal.read('acme', ['ann'], from)
    for (const { collection, row } of rows)
      if (collection === 'entries') found.push(`${row.stream} ${row.seq}`)
    if (next === null) break
    from = next
  }
  const told = damaged.map(({ place }) => place)
  expect(told.length).toBeGreaterThan(1)
  expect(told.length).toBeLessThan(30)
  const places = [a, b].flatMap(({ stream }) => range(1, 200).map((seq) => `${stream} ${seq}`))
  expect([...found, ...told].sort()).toEqual(places.sort())
})

it('[SD1, FT10] indexes what is around a damaged page of the file', async () => {
  const { store, damaged } = await openDamagedPage()
  await store.search.prepare('acme')
  for (let left = [a, b]; left.length > 0; ) left = [...(await store.search.index(left))]
  expect((await store.search.behind('acme', null)).streams).toEqual([])
  const query = { places: { streams: [a.stream], tickets: 'all' }, terms: ['words'], limit: 500 } as const
  const { candidates } = await store.search.find('acme', query)
  expect(candidates).toHaveLength(200 - damaged.length)
  expect(damaged.length).toBeLessThan(30)
})

it('[SD1] removes, indexes and lists everything else where the row of a stream is damaged', async () => {
  const { store, damaged } = await openDamagedRow("UPDATE streams SET epoch = x'00' WHERE stream = 'room:a'")
  const asked = [a, b].map((key) => ({ ...key, withLast: true }))
  expect(await store.streams.ends(asked)).toMatchObject([null, { head: { seq: 200 } }])
  expect(await store.streams.grown([a, b].map((key) => ({ ...key, seq: 1 })))).toEqual([b])
  await store.search.prepare('acme')
  expect((await store.search.behind('acme', null)).streams).toEqual([b.stream])
  for (let left = [a, b]; left.length > 0; ) left = [...(await store.search.index(left))]
  await pruneAll(store)
  expect((await readPage(store, b, { newest: 1 })).entries).toEqual([])
  expect(damaged).toEqual([
    expect.objectContaining({ workspace_id: 'acme', collection: 'streams', place: a.stream }),
  ])
})

it('[SD1, FT10] finds in other rooms, and indexes the threads of a room, where the row of its stream is damaged', async () => {
  const path = await fill()
  const thread = { workspace_id: 'acme', stream: threadStream('1') }
  const first = await embeddedStore({ path })
  await first.threads.create('acme', { _id: '1', parent: a.stream, parent_seq: 1 })
  await first.streams.append(thread, [draft()])
  await first.close()
  await change(path, "UPDATE streams SET epoch = x'00' WHERE stream = 'room:a'")
  const { store, damaged } = await open(path)
  await store.search.prepare('acme')
  for (let left = [thread, b]; left.length > 0; ) left = [...(await store.search.index(left))]
  expect((await store.search.behind('acme', null)).streams).toEqual([])
  const query = {
    places: { streams: [a.stream, b.stream], tickets: 'all' },
    terms: ['words'],
    limit: 500,
  } as const
  expect((await store.search.find('acme', query)).candidates).toHaveLength(200)
  expect(damaged).toEqual([expect.objectContaining({ collection: 'streams', place: a.stream })])
})

it('[SD1] does what is due for everything else where rows of threads, uploads, line managers and tickets are damaged', async () => {
  const path = join(temporaryFolder(), 'data')
  const first = await embeddedStore({ path })
  for (const n of [1, 2]) {
    await first.threads.create('acme', { _id: `thread ${n}`, parent: a.stream, parent_seq: n })
    await first.lineManagers.create(newLineManager(`manager ${n}`))
    await first.tickets.create(newTicket())
    const { _id } = rowOf(await first.uploads.create(newUpload()))
    await first.uploads.finish('acme', _id, '2026-01-01T00:00:00.000Z')
    await first.uploads.name('acme', naming([_id]))
  }
  await first.close()
  const db = (await loadSqlite())(join(path, databaseName))
  db.exec(`UPDATE tickets SET target = '{"kind":"solved","due_at":"2026-01-01T00:00:00.000Z"}'`)
  const damage = { threads: 'parent', line_managers: 'created_at', tickets: 'created_at', uploads: 'size' }
  for (const [table, column] of Object.entries(damage))
    db.exec(`UPDATE ${table} SET ${column} = x'00' WHERE rowid = (SELECT min(rowid) FROM ${table})`)
  db.close()
  const { store, damaged } = await open(path)
  expect(await store.threads.prune('acme', null)).toEqual({ removed: 0, next: null })
  expect(await store.uploads.expire('acme', '9999', '2026-01-02T00:00:00.000Z')).toBe(1)
  const [manager, ...others] = await store.lineManagers.serving('acme', 'billing')
  expect([manager?.manager.user_id, others]).toEqual(['manager 2', []])
  expect(await store.tickets.overdue('9999', 10)).toHaveLength(1)
  expect(damaged.map(({ collection }) => collection).sort()).toEqual(Object.keys(damage).sort())
})

it('[SD1, PD4] ends an erasure beside a damaged page, and says at the next start that copies are left', async () => {
  const { store, path } = await openDamagedPage()
  expect(await store.personal.settle()).toBe(false)
  await store.close()
  const { store: next } = await open(path)
  expect(next.notRebuilt).toBe('database disk image is malformed')
})

it('[SD1] writes once what is asked together with an erasure’s end and with what meets a damaged page', async () => {
  const { store } = await openDamagedPage()
  const change = { workspace_id: 'acme', kind: 'messages_removed', stream: a.stream } as const
  await Promise.all([
    store.changes.append([change]),
    store.personal.settle(),
    store.streams.prune('acme', '9999', null),
  ])
  expect(await store.changes.head()).toBe(1)
})
