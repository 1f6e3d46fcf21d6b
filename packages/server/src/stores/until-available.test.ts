import { expect, it } from 'vitest'
import { StoreUnavailableError } from './store.ts'
import { untilAvailable } from './until-available.ts'

function failing(error: Error, times: number) {
  let calls = 0
  const task = async (): Promise<number> => {
    calls += 1
    if (calls <= times) throw error
    return calls
  }
  return { task, calls: () => calls }
}

it('[NB15] tries again while the store, or a driver with its own copy of the error, is unavailable, but not for ever, and nothing else', async () => {
  const unavailable = new StoreUnavailableError('late')
  expect(await untilAvailable(10_000, failing(unavailable, 2).task)).toBe(3)
  await expect(untilAvailable(600, failing(unavailable, 100).task)).rejects.toBe(unavailable)
  const copied = Object.assign(new Error('busy'), { name: 'StoreUnavailableError' })
  expect(await untilAvailable(10_000, failing(copied, 1).task)).toBe(2)
  const wrong = failing(new Error('wrong'), 1)
  await expect(untilAvailable(10_000, wrong.task)).rejects.toThrow('wrong')
  expect(wrong.calls()).toBe(1)
})
