import { expect, it } from 'vitest'
import type { LineSpeed } from '../estimates.ts'
import { lineOrder } from './line-order.ts'
import { type LineWorker, lineSpeed } from './line-speed.ts'
import { estimateWait, type Wait } from './waiting-estimate.ts'

const generated = 5_000

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function anyWorker(random: () => number): LineWorker {
  const capacity = Math.floor(random() * 4)
  return {
    minutes: random() < 0.05 ? 0 : random() ** 3 * 200,
    isObserved: random() < 0.5,
    room: random() < 0.05 ? null : random() < 0.6 ? 0 : capacity,
  }
}

function anyLine(seed: number): { random: () => number; workers: LineWorker[]; variation: number } {
  const random = seeded(seed)
  const workers = Array.from({ length: 1 + Math.floor(random() * 30) }, () => anyWorker(random))
  return { random, workers, variation: random() * 3 }
}

const valuesOf = ({ low, middle, high }: Wait) => [low, middle, high]

/** Whether each of three is at least as long as in another estimate, but for what is lost in rounding. */
function isAtLeast(one: Wait | null, other: Wait | null): boolean {
  if (!one || !other) return false
  const others = valuesOf(other)
  return valuesOf(one).every((value, at) => value >= (others[at] ?? 0) * (1 - 1e-9))
}

it('[EW1] never falls as the place grows, and is a range around its middle', () => {
  for (let seed = 0; seed < generated; seed += 1) {
    const { random, workers, variation } = anyLine(seed)
    const speed = lineSpeed(workers, variation)
    const ahead = Math.floor(random() * 1_000)
    const wait = estimateWait(ahead, speed)
    const later = estimateWait(ahead + 1 + Math.floor(random() * 20), speed)
    expect(isAtLeast(later, wait), `${seed}`).toBe(true)
    const { low, middle, high } = wait as Wait
    expect(low >= 0 && low <= middle && middle <= high, `${seed}`).toBe(true)
  }
})

it('[EW2] never rises with one more line manager, however slow and uneven they are', () => {
  for (let seed = 0; seed < generated; seed += 1) {
    const { random, workers } = anyLine(seed)
    const ahead = Math.floor(random() * 1_000)
    const before = estimateWait(ahead, lineSpeed(workers))
    const after = estimateWait(ahead, lineSpeed([...workers, anyWorker(random)]))
    // Per hour is sent to three decimals.
    expect(isAtLeast(before, after), `${seed}`).toBe(true)
  }
})

it('[EW3] is unknown with nobody online', () => {
  expect(lineSpeed([])).toEqual({
    managers_online: 0,
    free: 0,
    per_hour: 0,
    variation: 1,
    basis: 'configured',
  } satisfies LineSpeed)
  for (const ahead of [0, 1, 1_000]) expect(estimateWait(ahead, lineSpeed([]))).toBeNull()
})

it('[EW4] lets a ticket of a higher priority wait no longer than one of a lower one, whenever it came', () => {
  const priorities = ['urgent', 'high', 'normal', 'low'] as const
  for (let seed = 0; seed < 500; seed += 1) {
    const { random, workers } = anyLine(seed)
    const tickets = Array.from({ length: 40 }, (_, at) => ({
      _id: `t${at}`,
      rank: Math.floor(random() * priorities.length),
      enqueued_at: new Date(1_800_000_000_000 + Math.floor(random() * 1e9)).toISOString(),
    }))
    const orders = tickets.map(({ rank, ...one }) =>
      lineOrder({ ...one, priority: priorities[rank] ?? 'normal' }),
    )
    const speed = lineSpeed(workers)
    const waitAt = (at: number) => {
      const ahead = orders.filter((order) => order < (orders[at] ?? '')).length
      return estimateWait(ahead, speed)
    }
    for (let at = 1; at < tickets.length; at += 1) {
      const [one, other] = [tickets[at - 1], tickets[at]]
      if (!one || !other) continue
      const isBefore =
        one.rank < other.rank || (one.rank === other.rank && one.enqueued_at <= other.enqueued_at)
      if (isBefore) expect(isAtLeast(waitAt(at), waitAt(at - 1)), `${seed}`).toBe(true)
    }
  }
})

it('[EW5] says that nobody waits where somebody has room, and what most of the speed is from', () => {
  const worker = (minutes: number, isObserved: boolean, room: number | null) => ({
    minutes,
    isObserved,
    room,
  })
  expect(estimateWait(1_000, lineSpeed([worker(5, false, null)]))).toEqual({ low: 0, middle: 0, high: 0 })
  const speed = lineSpeed([worker(6, true, 0), worker(12, false, 2)])
  expect(speed).toMatchObject({ managers_online: 2, free: 2, per_hour: 15, basis: 'observed' })
  expect(estimateWait(1, speed)).toEqual({ low: 0, middle: 0, high: 0 })
  expect(estimateWait(2, speed)?.middle).toBe(4)
})
