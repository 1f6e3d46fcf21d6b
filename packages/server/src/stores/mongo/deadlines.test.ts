import { expect, it } from 'vitest'
import { deadlines } from './deadlines.ts'

it('tells a call that others were faster each time from one without an answer', async () => {
  const { guard, persist } = deadlines(500)
  const store = guard({
    late: () => new Promise<never>(() => undefined),
    slower: () => persist(async () => undefined),
  })
  await expect(store.late()).rejects.toThrow('no answer within 500 ms')
  await expect(store.slower()).rejects.toThrow('others were faster every time')
})
