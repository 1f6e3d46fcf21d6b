import { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { draft, room } from '../../testing/store-cases/making.ts'
import { embeddedStore } from './index.ts'
import { databaseName, recordName } from './names.ts'

it('[SD12] knows after it was closed that nothing is in the log, whatever the times of its files say', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
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
