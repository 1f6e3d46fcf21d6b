import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Nanoseconds on a CPU, by thread: all of them, so that a store's worker counts. */
export function cpuByThread(pid: number): Map<string, number> {
  const used = new Map<string, number>()
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    used.set(tid, Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1').split(' ')[0]))
  }
  return used
}

/** What was used between two readings; `main` is the thread that the event loop runs on. */
export function cpuBetween(pid: number, before: Map<string, number>, after: Map<string, number>) {
  let all = 0
  for (const [tid, ns] of after) all += ns - (before.get(tid) ?? 0)
  const main = String(pid)
  return { all, main: (after.get(main) ?? 0) - (before.get(main) ?? 0) }
}

// Long enough for the work before to end, and for checkpoints and garbage collection of this one to count. A running thread's
// schedstat lags; a sleeping one's is exact.
const settleMs = 40

/** Microseconds that each thread of some processes used while something was done. Their ids are unique over all processes. */
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

/** Puts a process with all its threads, and those to come, on a core, or on some such as `0,1`. False where that is impossible. */
export function pin(pid: number, core: number | string): boolean {
  if (cpus().length < 2) return false
  try {
    execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Keeps this process from sleeping: waking it would be charged to the server that writes to it. */
export function stayAwake(): () => void {
  let awake = true
  const spin = () => void (awake && setImmediate(spin))
  spin()
  return () => {
    awake = false
  }
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Milliseconds that all cores together have worked, and those that a hypervisor took away. */
export function machineTime(): { busy: number; stolen: number } {
  const line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? ''
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return { busy: (user + nice + system + irq + softirq) * 10, stolen: stolen * 10 }
}
