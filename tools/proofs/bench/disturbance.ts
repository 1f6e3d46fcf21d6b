import { cpus } from 'node:os'
import { cpuByThread, machineTime } from './cpu.ts'

/** Shares of the machine, 0 to 1, that others took while something was measured. */
export interface Disturbance {
  readonly otherProcesses: number
  readonly stolen: number
}

/** Starts watching; the function it returns answers what processes other than the servers, by `pids`, and the load used since. */
export function watchOthers(pids: readonly number[]): () => Disturbance {
  function read() {
    const { user, system } = process.cpuUsage()
    const served = pids.flatMap((pid) => [...cpuByThread(pid).values()]).reduce((sum, ns) => sum + ns, 0)
    return { now: performance.now(), own: (user + system) / 1_000 + served / 1_000_000, ...machineTime() }
  }
  const before = read()
  return () => {
    const after = read()
    const time = (after.now - before.now) * cpus().length
    const others = after.busy - before.busy - (after.own - before.own)
    return { otherProcesses: Math.max(0, others) / time, stolen: (after.stolen - before.stolen) / time }
  }
}
