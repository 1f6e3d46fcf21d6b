import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cpuByThread, wait } from '../bench/cpu.ts'
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

// A running thread's schedstat lags; a sleeping one's is exact.
const settleMs = 40

/** Our server, whose threads are named. */
export function namedProgram(): Program {
  const names = fileURLToPath(new URL('thread-names.mjs', import.meta.url))
  const { name, args } = ourProgram()
  return { name, args: ['--import', names, ...args] }
}

/** Lets a process with all its threads, and those to come, run on some cores, such as `0,1`. */
export function letRunOn(pid: number, cores: string): void {
  execFileSync('taskset', ['-acp', cores, String(pid)], { stdio: 'ignore' })
}

/** Microseconds that each thread of some processes used meanwhile. Threads' ids are unique over all processes. */
export async function usedDuring(
  pids: readonly number[],
  work: () => Promise<unknown>,
): Promise<Map<string, number>> {
  const read = () => new Map(pids.flatMap((pid) => [...cpuByThread(pid)]))
  await wait(settleMs)
  const before = read()
  await work()
  await wait(settleMs)
  return new Map([...read()].map(([tid, ns]) => [tid, (ns - (before.get(tid) ?? 0)) / 1_000]))
}

export function sum(numbers: Iterable<number>): number {
  let all = 0
  for (const number of numbers) all += number
  return all
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
