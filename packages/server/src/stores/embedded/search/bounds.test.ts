import { expect, it } from 'vitest'
import { draft, range, room } from '../../../testing/store-cases/making.ts'
import { withStore } from '../../../testing/store-cases/store-case.ts'
import { embeddedStore } from '../index.ts'

it('[FT10] indexes fewer messages at a call where they are long, of however many streams they are', async () => {
  const keys = range(1, 20).map((n) => room(`r${n}`))
  await withStore(
    () => embeddedStore({ path: ':memory:' }),
    async (store) => {
      await store.search.prepare('acme')
      for (const key of keys) await store.streams.append(key, [draft({ message_data: 'a'.repeat(16_000) })])
      for (let left = keys; left.length > 0; ) {
        const more = await store.search.index(left)
        expect(left.length - more.length).toBeGreaterThan(0)
        expect(left.length - more.length).toBeLessThan(5)
        left = more
      }
    },
  )
})
