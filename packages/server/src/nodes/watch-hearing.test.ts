import { expect, it, onTestFinished, vi } from 'vitest'
import { keptLog } from '../../tests/support/kept-log.ts'
import { watchHearing } from './watch-hearing.ts'

/** A watch over a server as the test says it is, on a clock that only the test moves. */
function watched() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const seen = { others: [] as string[], unheard: 0, hasBus: true, isBusConnected: true }
  const log = keptLog()
  const stop = watchHearing(seen, log.logger)
  const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1_000)
  return { seen, log, stop, pass }
}

it('[NB13] says once that other servers live and there is no Redis, and not of one that has just been killed', () => {
  const { seen, log, stop, pass } = watched()
  Object.assign(seen, { others: ['east'], unheard: 1, hasBus: false, isBusConnected: false })
  pass(4)
  Object.assign(seen, { others: [], unheard: 0 })
  pass(60)
  expect(log.lines).toEqual([])
  Object.assign(seen, { others: ['east', 'west'], unheard: 2 })
  pass(60)
  const message = 'Other servers use this database, and there is no Redis'
  expect(log.lines).toEqual([{ level: 'warn', message, fields: { others: 2, unheard: 2 } }])
  stop()
  expect(vi.getTimerCount()).toBe(0)
})

it('[NB13] says that others are not heard over Redis, not while it is away, and that they are again', () => {
  const { seen, log, pass } = watched()
  Object.assign(seen, { others: ['east'], unheard: 1, isBusConnected: false })
  pass(60)
  expect(log.messages()).toEqual([])
  seen.isBusConnected = true
  pass(10)
  seen.unheard = 0
  pass(2)
  expect(log.messages()).toEqual([
    'Other servers are not heard over Redis',
    'All other servers are heard again',
  ])
})
