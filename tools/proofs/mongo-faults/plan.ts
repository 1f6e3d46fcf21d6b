export interface StormPlan {
  readonly seed: number
  readonly seconds: number
  /** For each of the two stores. */
  readonly writers: number
  readonly rooms: number
  readonly deadlineMs: number
}

export interface Storm {
  readonly troubled: number
  readonly elections: number
  readonly sent: number
  readonly acknowledged: number
  readonly unavailable: number
  readonly stored: number
  readonly tickets: number
  readonly p99Ms: number
  readonly mostMs: number
  /** From an election until the next acknowledgement. */
  readonly backP50Ms: number
  readonly backMostMs: number
  /** From the end of the storm until the last writer was answered. */
  readonly levelMs: number
  readonly problems: readonly string[]
}
