import { expect, it, onTestFinished, vi } from 'vitest'
import { newId } from './ids.ts'

it('makes ids of one millisecond in the order in which they are made, no two alike', () => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00.000Z') })
  onTestFinished(() => void vi.useRealTimers())
  for (let millisecond = 0; millisecond < 20; millisecond += 1) {
    const ids = Array.from({ length: 300 }, newId)
    expect(new Set(ids.map((id) => id.slice(0, 13))).size).toBe(1)
    expect([...new Set(ids)].sort()).toEqual(ids)
    expect(newId()).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    vi.advanceTimersByTime(1)
  }
})
