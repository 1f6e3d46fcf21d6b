import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { pin, usedDuring } from '../bench/cpu.ts'
import type { Cell } from '../bench/measure.ts'
import { ourProgram, type Program } from '../bench/servers.ts'

/** Microseconds, by the thread that used them. `rest` is garbage collection, compilation and libuv's pool. */
export interface ThreadTimes {
  readonly main: number
  readonly store: number
  readonly rest: number
}

/** One cell on one server, by thread. */
export interface ThreadSample {
  /** A unit's. */
  readonly cpuUs: ThreadTimes
  /** What the load used for a unit, in its own process. */
  readonly loadUs: number
  readonly perSecond: number
}

/** Our server, whose threads are named. */
export function namedProgram(): Program {
  const names = fileURLToPath(new URL('thread-names.mjs', import.meta.url))
  const { name, args } = ourProgram()
  return { name, args: ['--import', names, ...args] }
}

/** Lets a process run on some cores, such as `0,1`. */
export function letRunOn(pid: number, cores: string): void {
  if (!pin(pid, cores)) throw new Error('This needs a machine of two cores, and taskset')
}

function nameOf(pid: number, tid: string): string {
  return readFileSync(`/proc/${pid}/task/${tid}/comm`, 'latin1').trim()
}

export async function measureThreads(pid: number, cell: Cell): Promise<ThreadSample> {
  await cell.prepare?.()
  let sample = { units: 0, seconds: 0, loadUs: 0 }
  const used = await usedDuring([pid], async () => {
    const load = process.cpuUsage()
    const start = performance.now()
    const { units } = await cell.run()
    const seconds = (performance.now() - start) / 1_000
    const { user, system } = process.cpuUsage(load)
    sample = { units, seconds, loadUs: user + system }
  })
  const { units, seconds, loadUs } = sample
  const cpuUs = { main: 0, store: 0, rest: 0 }
  for (const [tid, us] of used) {
    const name = nameOf(pid, tid)
    cpuUs[name === 'main' || name === 'store' ? name : 'rest'] += us / units
  }
  await cell.finish?.()
  return { cpuUs, loadUs: loadUs / units, perSecond: units / seconds }
}
