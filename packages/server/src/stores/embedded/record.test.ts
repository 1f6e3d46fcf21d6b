import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { draft, room } from '../../testing/store-cases/making.ts'
import { embeddedStore } from './index.ts'
import { databaseName, recordName } from './names.ts'
import { clearRecord, keepRecord } from './record.ts'

const dayMs = 24 * 60 * 60 * 1_000

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder that was used last so many days ago, by its clock. */
async function usedBefore(days: number) {
  const folder = newFolder()
  const store = await embeddedStore({ path: folder })
  await store.streams.append(room('r'), [draft()])
  await store.close()
  const used = new Date(Date.now() - days * dayMs)
  utimesSync(join(folder, recordName), used, used)
  return { folder, usedUntil: used.getTime() }
}

/** As a start is told it. */
function lastUse(folder: string): number | undefined {
  const record = keepRecord(folder)
  record.close()
  return record.usedUntil
}

async function openAndWrite(path: string): Promise<number | undefined> {
  const store = await embeddedStore({ path })
  await store.streams.append(room('r'), [draft()])
  await store.close()
  return store.usedUntil
}

it('[SD15] knows at each start of the day after a leap when the store was last used before it', async () => {
  const { folder, usedUntil } = await usedBefore(40)
  for (const _ of ['first', 'second', 'third']) expect(await openAndWrite(folder)).toBe(usedUntil)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + dayMs + 60_000 })
  onTestFinished(() => void vi.useRealTimers())
  const { mtimeMs } = statSync(join(folder, recordName))
  expect(Math.abs((lastUse(folder) ?? 0) - mtimeMs)).toBeLessThan(1)
})

it('[SD15] doubts a clock no more that has been set right', async () => {
  const { folder } = await usedBefore(40)
  await openAndWrite(folder)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 40 * dayMs + 60_000 })
  onTestFinished(() => void vi.useRealTimers())
  const { mtimeMs } = statSync(join(folder, recordName))
  expect(Math.abs((lastUse(folder) ?? 0) - mtimeMs)).toBeLessThan(1)
})

it('[SD15] doubts a clock that has been set right no more a day later, nor when the wrong time has come', async () => {
  const { folder, usedUntil } = await usedBefore(40)
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const record = keepRecord(folder)
  vi.setSystemTime(usedUntil + 600_000)
  record.written()
  vi.advanceTimersByTime(25 * 60 * 60 * 1_000)
  record.close()
  for (const days of [2, 10, 39, 40, 40.5]) {
    const used = usedUntil + days * dayMs - 5_000
    utimesSync(join(folder, recordName), new Date(used), new Date(used))
    vi.setSystemTime(usedUntil + days * dayMs)
    expect(Math.abs((lastUse(folder) ?? 0) - used)).toBeLessThan(1)
  }
})

it('[SD15] keeps a leap that comes while the store is open for the next start', async () => {
  const { folder } = await usedBefore(0)
  const record = keepRecord(folder)
  const now = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: now + 40 * dayMs })
  onTestFinished(() => void vi.useRealTimers())
  record.close()
  expect(Math.abs((lastUse(folder) ?? 0) - now)).toBeLessThan(60_000)
})

it('[SD15] keeps a leap where another database takes the place, and a record that fits its file', async () => {
  const { folder, usedUntil } = await usedBefore(40)
  await openAndWrite(folder)
  const file = join(folder, recordName)
  const { mtimeMs } = statSync(file)
  clearRecord(folder)
  expect(Math.abs(statSync(file).mtimeMs - mtimeMs)).toBeLessThan(1)
  expect(lastUse(folder)).toBe(usedUntil)
  const longest = { version: 1, salt: 'f'.repeat(16), frames: 2 ** 32, saved: 2 ** 32 }
  const text = JSON.stringify({ ...longest, leap: [usedUntil, Date.now()] })
  expect(text.length).toBeLessThan(128)
})

it('[SD12] knows after it was closed that nothing is in the log, whatever the times of its files say', async () => {
  const folder = newFolder()
  const store = await embeddedStore({ path: folder })
  await store.streams.append(room('r'), [draft()])
  await store.close()
  expect(JSON.parse(readFileSync(join(folder, recordName), 'utf8'))).toMatchObject({ frames: 0 })
  // Times of files go in steps, on some disks of seconds.
  const now = new Date()
  for (const name of [databaseName, recordName]) utimesSync(join(folder, name), now, now)
  const again = await embeddedStore({ path: folder })
  expect(await again.streams.head(room('r'))).toBe(1)
  await again.close()
})
