import { renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../tests/support/server-process.ts'
import { draft, room } from '../../testing/store-cases/making.ts'
import { StoreUnavailableError } from '../store.ts'
import { embeddedStore } from './index.ts'

it('[SD3] refuses writes as unavailable, and says so, where its folder cannot be looked at, and goes on once it can', async () => {
  const path = join(temporaryFolder(), 'data')
  const store = await embeddedStore({ path })
  await store.streams.append(room('r'), [draft()])
  renameSync(path, `${path}-elsewhere`)
  // Of whoever may not look into a folder, too, the system answers no file, but an error.
  symlinkSync(path, path)
  const said = await Promise.allSettled([
    store.streams.append(room('r'), [draft({ cid: 'one' })]),
    store.streams.append(room('q'), [draft()]),
    store.streams.head(room('r')),
  ])
  for (const one of said.slice(0, 2))
    expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
  expect(said[2]).toMatchObject({ status: 'fulfilled' })
  const problem = expect.stringMatching(/chat\.sqlite cannot be looked at while the server runs: .*ELOOP/)
  expect(await store.health?.()).toMatchObject({ reads: true, writes: false, problem })
  unlinkSync(path)
  renameSync(`${path}-elsewhere`, path)
  expect(await store.health?.()).toMatchObject({ writes: true, problem: null })
  await store.streams.append(room('r'), [draft({ cid: 'one' })])
  expect(await store.streams.head(room('r'))).toBe(2)
  await store.close()
})
