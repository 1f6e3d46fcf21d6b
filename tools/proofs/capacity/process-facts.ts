import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** How many descriptors a process has open, and how many it may have. */
export function descriptorsOf(pid: number): { readonly open: number; readonly most: number } {
  const limits = readFileSync(`/proc/${pid}/limits`, 'latin1')
  return {
    open: readdirSync(`/proc/${pid}/fd`).length,
    most: Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? Number.NaN),
  }
}

const pageBytes = 4_096

/** The bytes of memory that a process has. */
export function residentOf(pid: number): number {
  return pageBytes * Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1])
}

export function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/fd`)
}
