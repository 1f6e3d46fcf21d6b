/** Random numbers from 0 to 1; the same seed gives the same numbers. */
export type Random = () => number

/** Mulberry32, which is random enough to choose things. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One of the items. @throws if there are none */
export function pick<T>(random: Random, from: readonly T[]): T {
  const index = Math.floor(random() * from.length)
  if (index >= from.length) throw new Error('There is nothing to pick from')
  return from[index] as T
}

export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low)
}
