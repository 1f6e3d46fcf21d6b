import { cpuBetween, cpuByThread, wait } from '../bench/cpu.ts'
import type { Cell } from '../bench/measure.ts'
import { quantile } from '../bench/statistics.ts'
import type { Server } from './server.ts'

/** One cell in one round. */
export interface Sample {
  /** Microseconds of server CPU per unit, all threads of all its processes. */
  readonly cpuUs: number
  /** The share of the time that it used its core. Where that is small, its disk or the load decides how many it accepts. */
  readonly busy: number
  readonly perSecond: number
  readonly p50Ms: number
}

// As in the bench: long enough for the previous cell's work to end, and for what this one leaves behind to count.
const settleMs = 40

export async function measure({ pids }: Server, cell: Cell): Promise<Sample> {
  await wait(settleMs)
  const before = pids.map(cpuByThread)
  const start = performance.now()
  const { units, latenciesMs } = await cell.run()
  const ms = performance.now() - start
  await wait(settleMs)
  const usedNs = pids.reduce(
    (sum, pid, at) => sum + cpuBetween(pid, before[at] ?? new Map(), cpuByThread(pid)).all,
    0,
  )
  return {
    cpuUs: usedNs / 1_000 / units,
    busy: usedNs / 1_000_000 / ms,
    perSecond: units / (ms / 1_000),
    p50Ms: quantile(latenciesMs, 0.5),
  }
}
