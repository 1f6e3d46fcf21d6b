import { expect } from 'vitest'

/** So many rounds decide. */
const decisive = 2

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/**
 * Fails unless both take as long: their medians differ by less than a millisecond, or than a fifth of what they are on a slow machine.
 * @param measure tries both many times, in turn. On a busy machine they may be apart once, and what takes longer may seem not to: two rounds of three decide.
 */
export async function expectAsLong(
  measure: (round: number) => Promise<readonly [one: number[], other: number[]]>,
  what?: string,
): Promise<void> {
  for (let round = 0, alike = 0, apart = 0; alike < decisive; round++) {
    const [one, other] = await measure(round)
    const difference = Math.abs(median(one) - median(other))
    const most = Math.max(1, median(other) / 5)
    if (difference < most) alike += 1
    else apart += 1
    if (apart === decisive) expect(difference, what).toBeLessThan(most)
  }
}
