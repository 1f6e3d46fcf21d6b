import { cpuBetween, cpuByThread, wait } from './cpu.ts'
import type { Contestant } from './servers.ts'
import { quantile } from './statistics.ts'

/** The work of one cell of the table on one server, which can be repeated. */
export interface Cell {
  /** Before and after what is measured. */
  readonly prepare?: () => Promise<void>
  readonly run: () => Promise<Work>
  readonly finish?: () => Promise<void>
}

export interface Work {
  /** What the CPU is divided by: deliveries, messages, connections. */
  readonly units: number
  readonly latenciesMs: ArrayLike<number>
}

/** One cell in one round. */
export interface Sample {
  /** Microseconds of server CPU per unit, all threads. */
  readonly cpuUs: number
  /** The share of it that the event loop's thread used, 0 to 1. */
  readonly mainShare: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

// Long enough for the previous cell's work to end, and for this cell's own checkpoint and garbage collection to count.
// A running thread's schedstat lags; a sleeping one's is exact.
const settleMs = 40

export async function measure(server: Contestant, cell: Cell): Promise<Sample> {
  await cell.prepare?.()
  await wait(settleMs)
  const before = cpuByThread(server.pid)
  const start = performance.now()
  const { units, latenciesMs } = await cell.run()
  const seconds = (performance.now() - start) / 1_000
  await wait(settleMs)
  const { all, main } = cpuBetween(server.pid, before, cpuByThread(server.pid))
  await cell.finish?.()
  return {
    cpuUs: all / 1_000 / units,
    mainShare: main / all,
    perSecond: units / seconds,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  }
}
