import { quantile } from '../bench/statistics.ts'

/** What a ticket was said to wait, and how long it did, in minutes. */
export interface Waited {
  readonly low: number
  readonly high: number
  readonly ahead: number
  /** Line managers who were there. */
  readonly managers: number
  readonly wait: number
}

interface Range {
  readonly low: number
  readonly high: number
}

/** How many of a hundred waits a range may miss. */
const missed = 0.15

/** Gneiting and Raftery's interval score: how wide a range is, and how far it misses; less is better. */
function score({ low, high }: Range, wait: number): number {
  return high - low + (2 / missed) * (Math.max(0, low - wait) + Math.max(0, wait - high))
}

/** What the estimates of some days were worth, and what others would have been. @param said minutes that a ticket is said to take */
export function figuresOf(all: readonly Waited[], said: number) {
  const mean = (of: (one: Waited) => number) => all.reduce((sum, one) => sum + of(one), 0) / all.length
  const waits = all.map(({ wait }) => wait)
  const scoreOf = (range: (one: Waited) => Range) => rounded(mean((one) => score(range(one), one.wait)))
  const around = (middle: number) => ({ low: middle / 2, high: middle * 1.5 })
  const constant = { low: quantile(waits, missed / 2), high: quantile(waits, 1 - missed / 2) }
  return {
    tickets: all.length,
    inside: rounded(mean(({ low, high, wait }) => Number(wait >= low && wait <= high))),
    medianWait: rounded(quantile(waits, 0.5)),
    medianWidth: rounded(
      quantile(
        all.map(({ low, high }) => high - low),
        0.5,
      ),
    ),
    score: scoreOf((one) => one),
    scoreOfAheadTimesAverage: scoreOf(({ ahead }) => around(ahead * said)),
    // What it is if it is shared among those who are there, which is more than was asked for.
    scoreOfAheadAmongManagers: scoreOf(({ ahead, managers }) =>
      around(((ahead + 1) * said) / Math.max(1, managers)),
    ),
    scoreOfBestConstant: scoreOf(() => constant),
  }
}

export type Figures = ReturnType<typeof figuresOf>

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
