import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { cpus } from 'node:os'
import { wait } from '../bench/cpu.ts'

/** Debian puts servers where not everybody's PATH looks. */
export const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

const running = new Set<ChildProcess>()
let isGuarded = false

/** Ends peers with this process, however it ends. */
function guard(): void {
  if (isGuarded) return
  isGuarded = true
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL')
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
}

export interface PeerProcess {
  readonly pids: readonly number[]
  stop(): Promise<void>
}

/** Starts a server on the core that servers share, and waits until it listens on `port`. */
export async function startProcess(
  [name = '', ...args]: readonly string[],
  { port, env = {} }: { port: number; env?: Readonly<Record<string, string>> },
): Promise<PeerProcess> {
  guard()
  // Pinned from its first moment, it starts as many threads as a machine with one core deserves.
  const [command, ...rest] = cpus().length < 2 ? [name, ...args] : ['taskset', '-c', '1', name, ...args]
  const child = spawn(command, rest, {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-2_000)
    })
  for (let tries = 0; !(await isListening(port)); tries += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended at its start: ${said}`)
    if (tries > 300) throw new Error(`${name} does not listen: ${said}`)
    await wait(100)
  }
  await wait(500) // Erlang starts its helpers meanwhile
  return { pids: familyOf(child.pid as number), stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await ended
  clearTimeout(late)
}

/** A process and all that descend from it. */
function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const)
  const descend = (one: number): number[] => [
    one,
    ...parents.filter(([, parent]) => parent === one).flatMap(([child]) => descend(child)),
  ]
  return descend(pid)
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])
  } catch {
    return 0 // it has ended
  }
}

export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return sum + 1_024 * Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0)
  }, 0)
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}
