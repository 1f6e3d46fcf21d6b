import { beforeEach, expect, it, vi } from 'vitest'
import { WaitingLine } from './waiting-line.ts'

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

function openLine(places: number, perSecond: number) {
  const start = Date.now()
  const line = new WaitingLine({ places, perSecond, now: () => Date.now() })
  const times = new Map<string, number>()
  const join = (name: string, isGone = () => false) =>
    line.join({ isGone, letIn: () => void times.set(name, Date.now() - start) })
  return { line, times, join }
}

it('[ED9] lets in a twentieth of a second’s share at once, and the others evenly and in their order', () => {
  const { times, join } = openLine(1_000, 200)
  for (let each = 0; each < 50; each++) expect(join(`${each}`)).toBe(true)
  expect(times.size).toBe(10)
  vi.advanceTimersByTime(100)
  expect(times.size).toBe(30)
  vi.advanceTimersByTime(100)
  expect([...times.keys()]).toEqual(Array.from({ length: 50 }, (_, n) => `${n}`))
  const gaps = [...times.values()].slice(10).map((time, at, all) => time - (all[at - 1] ?? 0))
  expect(new Set(gaps)).toEqual(new Set([5]))
  // Whoever waits for nothing lets nobody else wait longer.
  vi.advanceTimersByTime(60_000)
  expect([join('later'), times.get('later')]).toEqual([true, 60_200])
})

it('[ED9] has so many places, and passes over those who have gone', () => {
  const { line, times, join } = openLine(3, 1)
  const names = ['first', 'second', 'gone', 'third', 'too many']
  expect(names.map((name) => join(name, () => name === 'gone'))).toEqual([true, true, true, true, false])
  vi.advanceTimersByTime(2_000)
  expect([...times]).toEqual([
    ['first', 0],
    ['second', 1_000],
    ['third', 2_000],
  ])
  expect(line.length).toBe(0)
})

it('[ED9] lets nobody in once it is closed, and says who was waiting', () => {
  const { line, times, join } = openLine(3, 1)
  for (const name of ['first', 'second', 'third']) join(name)
  expect(line.close()).toHaveLength(2)
  vi.advanceTimersByTime(10_000)
  expect([...times.keys()]).toEqual(['first'])
})
