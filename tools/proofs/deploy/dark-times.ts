/** When somebody was away, on the clock of `performance.now()`. */
export interface Absence {
  readonly leftMs: number
  readonly backMs: number
}

/** Keeps when somebody loses the connection and has everything again. */
export class DarkTimes {
  readonly absences: Absence[] = []
  #leftMs: number | undefined

  /** The connection is lost; what comes of it until everything is there again is one absence. */
  left(): void {
    this.#leftMs ??= performance.now()
  }

  /** Everything is there, and comes live. */
  back(): void {
    if (this.#leftMs === undefined) return
    this.absences.push({ leftMs: this.#leftMs, backMs: performance.now() })
    this.#leftMs = undefined
  }
}

export interface DarkFigures {
  readonly absences: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly most: number
  /** How many came back within the busiest second. */
  readonly busiestSecond: number
}

export function darkFigures(absences: readonly Absence[]): DarkFigures {
  const dark = absences.map(({ leftMs, backMs }) => backMs - leftMs).sort((a, b) => a - b)
  const share = (part: number): number => Math.round(dark[Math.floor(part * (dark.length - 1))] ?? 0)
  return {
    absences: absences.length,
    p50: share(0.5),
    p95: share(0.95),
    p99: share(0.99),
    most: share(1),
    busiestSecond: busiestSecond(absences.map(({ backMs }) => backMs).sort((a, b) => a - b)),
  }
}

function busiestSecond(times: readonly number[]): number {
  let most = 0
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= 1_000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
