import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../tests/support/server-process.ts'
import { draft, room } from '../../testing/store-cases/making.ts'
import { withStore } from '../../testing/store-cases/store-case.ts'
import { embeddedStore } from './index.ts'
import { databaseName } from './names.ts'

const key = room('r')
const large = room('large')

it('[SD12] opens a file again that is too large to be looked at as a whole', async () => {
  const path = temporaryFolder()
  const open = () => embeddedStore({ path })
  await withStore(open, async (store) => {
    await store.search.prepare('acme')
    await store.streams.append(key, [draft({ message_data: 'a word' })])
    await store.search.index([key])
    const long = 'x'.repeat(1_000_000)
    for (let n = 0; n < 34; n++) await store.streams.append(large, [draft({ message_data: long })])
  })
  expect(statSync(join(path, databaseName)).size).toBeGreaterThan(32 * 1024 * 1024)
  await withStore(open, async (store) => {
    const places = { streams: [key.stream], tickets: 'all' } as const
    const { candidates } = await store.search.find('acme', { places, terms: ['word'], limit: 1 })
    expect(candidates).toHaveLength(1)
  })
})
