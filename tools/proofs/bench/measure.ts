import { usedDuring } from './cpu.ts'
import type { Contestant } from './servers.ts'
import { quantile, sum } from './statistics.ts'

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

export async function measure(server: Contestant, cell: Cell): Promise<Sample> {
  await cell.prepare?.()
  let seconds = 0
  let work: Work = { units: 0, latenciesMs: [] }
  const used = await usedDuring([server.pid], async () => {
    const start = performance.now()
    work = await cell.run()
    seconds = (performance.now() - start) / 1_000
  })
  const all = sum(used.values())
  const { units, latenciesMs } = work
  await cell.finish?.()
  return {
    cpuUs: all / units,
    mainShare: (used.get(String(server.pid)) ?? 0) / all,
    perSecond: units / seconds,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  }
}
