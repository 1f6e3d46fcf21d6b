import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { draft, newTicket, range, readEntries, room } from '../../testing/store-cases/making.ts'
import type { PersonalRow } from '../personal-data.ts'
import type { Store } from '../store.ts'
import { embeddedStore } from './index.ts'
import { databaseName } from './names.ts'
import { rebuilder } from './rebuilding.ts'
import { loadSqlite } from './sqlite.ts'

const canary = 'canary-of-user-7'

/** How often the text is in the files of a folder, as bytes. */
function hits(folder: string, text: string): number {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  return files.reduce((sum, bytes) => sum + bytes.split(text).length - 1, 0)
}

async function eraseRows(store: Store): Promise<void> {
  for (let from: string | null = null; ; ) {
    const page = await store.personal.read('acme', [canary], from)
    const targets = page.rows.flatMap((one) => (one.collection === 'entries' ? one.row.seq : []))
    await store.streams.remove(room('r'), { targets, reason: 'erased' })
    const isOther = ({ collection }: PersonalRow) => collection !== 'entries'
    await store.personal.erase('acme', page.rows.filter(isOther), { [canary]: 'erased:7' })
    if (page.next === null) break
    from = page.next
  }
}

async function erase(store: Store): Promise<void> {
  await eraseRows(store)
  expect(await store.personal.settle()).toBe(true)
}

/** Numbers that are the same at each run. */
function cids(seed: number): () => string {
  let at = seed * 7_919
  const digits = (): string => {
    at = (at * 48_271) % 2_147_483_647
    return String(at).padStart(10, '0')
  }
  return () => `${digits()}${digits()}`
}

/** A folder with the messages of ten people, whose cids make SQLite leave a copy of the canary in a page. */
async function fillPages(seed: number) {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const store = await embeddedStore({ path: folder, deadlineMs: 30_000 })
  const cid = cids(seed)
  const authorOf = (n: number) => (n % 10 === 7 ? canary : `user-${n % 10}`)
  for (let batch = 0; batch < 12; batch++)
    await store.streams.append(
      room('r'),
      range(1, 200).map((n) =>
        draft({ author: authorOf(n), display_name: null, message_data: 'x', cid: cid() }),
      ),
    )
  return { folder, store }
}

/** A folder of which somebody was erased whose rebuilding is left to the next start, as where it is large. */
async function erasedLate(): Promise<string> {
  const { folder, store } = await fillPages(3)
  await eraseRows(store)
  await store.close()
  const db = (await loadSqlite())(join(folder, databaseName))
  rebuilder(db, 0)()
  db.close()
  return folder
}

/** Opens a reader that holds a snapshot, as a backup that runs does. */
async function readOn(folder: string) {
  const db = (await loadSqlite())(join(folder, databaseName), { readOnly: true })
  db.exec('BEGIN')
  db.prepare('SELECT count(*) FROM entries').get()
  return db
}

/** The files of a folder as `kill -9` leaves them. */
function killed(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(copy, { recursive: true }))
  cpSync(folder, copy, { recursive: true, preserveTimestamps: true })
  return copy
}

it('[PD4] leaves none after the next start where a backup ran during the erasure', async () => {
  const { folder, store } = await fillPages(3)
  const reader = await readOn(folder)
  await eraseRows(store)
  expect(await store.personal.settle()).toBe(false)
  reader.close()
  const copy = killed(folder)
  await store.close()
  expect(hits(copy, canary)).toBeGreaterThan(0)
  const again = await embeddedStore({ path: copy })
  expect(hits(copy, canary)).toBe(0)
  // The log of the rebuilding would be as large as the database.
  expect(statSync(join(copy, `${databaseName}-wal`)).size).toBeLessThan(100_000)
  const copyOfCopy = killed(copy)
  await again.close()
  const last = await embeddedStore({ path: copyOfCopy })
  expect(await readEntries(last, room('r'), 1_000)).not.toEqual([])
  await last.close()
})

it('[PD4] says at a start that it cannot be done while a backup runs, and does it at the next', async () => {
  const folder = await erasedLate()
  const reader = await readOn(folder)
  const early = await embeddedStore({ path: folder })
  expect(early.notRebuilt).toBe('another program reads the database')
  reader.close()
  const copy = killed(folder)
  await early.close()
  const late = await embeddedStore({ path: copy })
  expect([late.notRebuilt, hits(copy, canary)]).toEqual([undefined, 0])
  await late.close()
})

it.each([3, 16, 24])('[PD4] leaves none in a page from which rows were moved (%i)', async (seed) => {
  const { folder, store } = await fillPages(seed)
  await erase(store)
  expect(hits(folder, canary)).toBe(0)
  await store.close()
})

it('[PD4] leaves none after the next start where the file is large', async () => {
  const folder = await erasedLate()
  expect(hits(folder, canary)).toBe(1)
  await (await embeddedStore({ path: folder })).close()
  expect(hits(folder, canary)).toBe(0)
})

it('[PD4] leaves the next rebuilding to the next start where one has taken long', async () => {
  const { folder, store } = await fillPages(3)
  await store.close()
  const db = (await loadSqlite())(join(folder, databaseName))
  const rebuild = rebuilder(db)
  const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(1_500)
  onTestFinished(() => clock.mockRestore())
  rebuild()
  expect(isDue()).toBe(false)
  rebuild()
  expect(isDue()).toBe(true)
  db.close()

  function isDue(): boolean {
    return db.prepare('SELECT 1 FROM rebuilds_due').get() !== undefined
  }
})

it('[PD4] leaves none of an erased person’s bytes in its files, among 10,000 messages of 100 people', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const store = await embeddedStore({ path: folder, deadlineMs: 30_000 })
  onTestFinished(() => store.close())
  const people = range(1, 100).map((n) => (n === 7 ? canary : `user-${n}`))
  for (const n of range(1, 100)) {
    const texts = people.map((author) => ({ author, display_name: author, message_data: `${n} ${author}` }))
    // One is longer than a page of the file.
    const long = n === 50 ? `${canary} `.repeat(600) : undefined
    await store.streams.append(
      room('r'),
      texts.map((text) => draft({ ...text, ...(long && text.author === canary && { message_data: long }) })),
    )
    for (const user_id of people.slice(0, 10))
      await store.tickets.create(newTicket({ user_id, display_name: user_id }))
  }
  expect(hits(folder, canary)).toBeGreaterThan(100)
  await erase(store)
  expect(hits(folder, canary)).toBe(0)
  const seqs = (await readEntries(store, room('r'), 200)).map(({ seq }) => seq)
  expect(seqs).toEqual(range(1, seqs.length))
  expect(seqs.length).toBeGreaterThan(10_000)
  await store.streams.append(room('r'), [draft()])
})
