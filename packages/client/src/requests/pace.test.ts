import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { ownError, RequestError } from '../errors.ts'
import { createPace } from './pace.ts'

beforeEach(() => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
})

function limited(retry_after_ms: number): RequestError {
  return new RequestError('message_event', {
    code: 'rate_limited',
    message: 'Too many',
    retryable: true,
    retry_after_ms,
  })
}

it('[BG13] sends 64 requests without waiting, the others when answers come, in the order of the calls', async () => {
  const pace = createPace()
  const sent: number[] = []
  const answers: (() => void)[] = []
  const all = Array.from({ length: 70 }, (_, at) =>
    pace(() => {
      sent.push(at)
      return new Promise<void>((resolve) => answers.push(resolve))
    }),
  )
  // In the turn of the calls.
  expect(sent).toHaveLength(64)
  for (let at = 0; at < 70; at++) {
    answers[at]?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  await Promise.all(all)
  expect(sent).toEqual(Array.from({ length: 70 }, (_, at) => at))
})

it('[BG13] sends nothing before the time that the server says, then the refused first', async () => {
  const pace = createPace()
  const sent: [string, number][] = []
  const start = Date.now()
  let refusals = 2
  const ask = (name: string) => () => {
    sent.push([name, Date.now() - start])
    return name !== 'ok' && refusals-- > 0 ? Promise.reject(limited(2_000)) : Promise.resolve(name)
  }
  const first = [pace(ask('a')), pace(ask('b'))]
  await vi.advanceTimersByTimeAsync(0)
  const all = [...first, pace(ask('c'))]
  await vi.advanceTimersByTimeAsync(1_999)
  expect(sent.map(([name]) => name)).toEqual(['a', 'b'])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
  expect(sent.map(([name]) => name)).toEqual(['a', 'b', 'a', 'b', 'c'])
  expect(Math.min(...sent.slice(2).map(([, at]) => at))).toBeGreaterThan(2_000)
})

it('[BG13] waits no longer where the device’s clock is set back meanwhile', async () => {
  const pace = createPace()
  const done: string[] = []
  let refusals = 1
  const ask = (name: string) =>
    pace(async () => {
      if (refusals-- > 0) throw limited(2_000)
      done.push(name)
    })
  void ask('first')
  await vi.advanceTimersByTimeAsync(0)
  vi.setSystemTime(Date.now() - 3_600_000)
  void ask('second')
  await vi.advanceTimersByTimeAsync(4_000)
  expect(done).toEqual(['first', 'second'])
})

it('[BG13] rejects what is refused again and again, or for long, and goes on with the next', async () => {
  const pace = createPace()
  const never = vi.fn(() => Promise.reject(limited(100)))
  const outcomes = [pace(never), pace(() => Promise.reject(limited(60_000)))].map((one) =>
    one.catch((error: unknown) => error),
  )
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await Promise.all(outcomes)).toMatchObject([{ code: 'rate_limited' }, { retryAfterMs: 60_000 }])
  expect(never).toHaveBeenCalledTimes(5)
  const gone = ownError('leave', 'unavailable', 'Gone')
  await expect(pace(() => Promise.reject(gone))).rejects.toBe(gone)
  expect(await pace(() => Promise.resolve('next'))).toBe('next')
})
