import { expect, it, onTestFinished, vi } from 'vitest'
import { ownError, RequestError } from '../errors.ts'
import { backoffMs } from './retry.ts'
import { retryTimeout } from './retry-timeout.ts'

const unavailable = ownError('join', 'unavailable', 'The store is gone')

/** The shortest and the longest wait after each number of failures. */
function waits(random: number, error: RequestError = unavailable): number[] {
  const spy = vi.spyOn(Math, 'random').mockReturnValue(random)
  onTestFinished(() => spy.mockRestore())
  return [1, 2, 3, 6, 7, 1_000_000].map((failures) => backoffMs(failures, error))
}

it('waits twice as long after each failure, at random, and at most 16 seconds', () => {
  expect(waits(0)).toEqual([0, 0, 0, 0, 0, 0])
  expect(waits(1)).toEqual([1_000, 2_000, 4_000, 16_000, 16_000, 16_000])
})

it('never comes back before the server says', () => {
  const body = { code: 'rate_limited', message: 'Slow down', retryable: true, retry_after_ms: 5_000 } as const
  const limited = new RequestError('join', body)
  expect(Math.min(...waits(0, limited))).toBe(5_000)
})

it('repeats a request once after a timeout, and after no other failure', async () => {
  for (const [code, calls] of [
    ['timeout', 2],
    ['unavailable', 1],
    ['forbidden', 1],
  ] as const) {
    const error = ownError('join', code, 'No')
    const ask = vi.fn(() => Promise.reject(error))
    await expect(retryTimeout(ask)).rejects.toBe(error)
    expect(ask).toHaveBeenCalledTimes(calls)
  }
})
