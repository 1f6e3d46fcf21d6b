import { expect, it, onTestFinished } from 'vitest'
import type { Availability } from '../entities.ts'
import { createFakeClient } from '../fake-client/index.ts'
import { createIntentions } from './intentions.ts'

it('[HK4] does what was wanted last, also where that is what is under way already', async () => {
  const fake = createFakeClient({ user_id: 'zoe', role: 'agent' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const { begin } = createIntentions<[Availability], unknown>()
  const release = fake.hold('set_line_availability')
  const set = (availability: Availability) =>
    begin((_cid, next) => fake.lineManagers.setAvailability(next), [availability])
  const runs = [set('away'), set('away'), set('online'), set('away')]
  expect(runs.map(({ isNew }) => isNew)).toEqual([true, false, true, true])
  const asked = () => fake.requests.filter(({ name }) => name === 'set_line_availability')
  await expect.poll(() => asked().length).toBe(3)
  release()
  await Promise.all(runs.map(({ done }) => done))
  expect(asked().map(({ payload }) => payload)).toMatchObject([
    { availability: 'away' },
    { availability: 'online' },
    { availability: 'away' },
  ])
})

it('[HK3] tries again under the same cid, whatever else was done since, and begins anew after a success', async () => {
  const { begin } = createIntentions<[string], string>()
  const cids: string[] = []
  const failing = new Set(['a'])
  const act = async (cid: string, draft: string) => {
    cids.push(cid)
    if (failing.has(draft)) throw new Error('The answer was lost')
    return draft
  }
  const run = (draft: string) => begin(act, [draft]).done.catch(() => 'failed')
  expect([await run('a'), await run('b')]).toEqual(['failed', 'b'])
  failing.clear()
  expect([await run('a'), await run('a')]).toEqual(['a', 'a'])
  const [first, other, again, next] = cids
  expect(again).toBe(first)
  expect(new Set([first, other, next]).size).toBe(3)
})
