import { expect, it, vi } from 'vitest'
import { createLazy, createLazyThing } from './lazy.ts'
import { createSource } from './observable.ts'

/** Things whose code cannot be fetched at first. */
const fetching = vi.hoisted(() => ({ failures: 0 }))
vi.mock('./later-code.ts', async (original) => {
  const code = await original<typeof import('./later-code.ts')>()
  const load: typeof code.laterThings.load = (request) => {
    if (fetching.failures === 0) return code.laterThings.load(request)
    fetching.failures -= 1
    return Promise.reject(new Error('Failed to fetch'))
  }
  return { ...code, laterThings: { ...code.laterThings, load } }
})

function openSource() {
  const source = createSource(1)
  const held = { count: 0 }
  const thing = {
    ...source,
    retain() {
      held.count += 1
      return () => {
        held.count -= 1
      }
    },
    reload: async () => {},
  }
  return { source, thing, held }
}

it('follows a thing once its code is there, which it fetches until it is', async () => {
  fetching.failures = 3
  const { source, thing, held } = openSource()
  const touched = vi.fn()
  const lazy = createLazy(0, () => thing, 'get_room', touched)
  const heard = vi.fn()
  const stop = lazy.subscribe(heard)
  // Ignored, as a page does: nothing may end as an unhandled rejection.
  void lazy.reload()
  await expect(lazy.reload()).rejects.toThrow('Failed to fetch')
  const letGo = lazy.retain()
  expect([lazy.getSnapshot(), lazy.isIdle(), touched.mock.calls.length]).toEqual([0, false, 1])
  await expect.poll(() => held.count).toBe(1)
  // What it shows is told of, also where nothing has changed since it was made.
  expect([lazy.getSnapshot(), heard.mock.calls.length]).toEqual([1, 1])
  source.set(2)
  expect([lazy.getSnapshot(), heard.mock.calls.length, lazy.getServerSnapshot()]).toEqual([2, 2, 0])
  stop()
  letGo()
  letGo()
  expect([held.count, lazy.isIdle(), touched.mock.calls.length]).toEqual([0, true, 2])
  source.set(3)
  expect(heard).toHaveBeenCalledTimes(2)
})

it('is made at once where its code is loaded, and holds nothing for those who have let go before', async () => {
  await createLazyThing(({ createPresencePart }) => {
    expect(createPresencePart).toBeTypeOf('function')
    return { ...openSource().thing, ...createSource({ status: 'loading' } as never) }
  }, 'get_room').reload()
  const { thing, held } = openSource()
  const lazy = createLazy(0, () => thing, 'get_room')
  expect(lazy.getSnapshot()).toBe(1)
  const letGo = lazy.retain()
  expect(held.count).toBe(1)
  letGo()
  expect(held.count).toBe(0)
})
