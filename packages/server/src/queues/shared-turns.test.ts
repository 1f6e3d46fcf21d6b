import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { inTurn } from './shared-turns.ts'

it('[FT5] shares some milliseconds of each turn of the event loop between all that computes', async () => {
  let now = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  onTestFinished(() => clock.mockRestore())
  let done = 0
  const step = () => {
    now += 2
    done += 1
  }
  const work = ['one', 'two', 'three', 'four'].map(async () => {
    for (let each = 0; each < 20; each++) await inTurn(step)
  })
  const turns: number[] = []
  while (done < 80) {
    const before = done
    await turn()
    turns.push(done - before)
  }
  await Promise.all(work)
  expect(Math.max(...turns)).toBe(3)
})
