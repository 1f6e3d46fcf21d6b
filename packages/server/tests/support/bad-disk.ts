import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * What every fsync and fdatasync does instead: waits half a second or half a minute first, or fails with a disk error.
 * `full`: every write to a file fails, since there is no space.
 */
export type Fault = 'delay' | 'hang' | 'error' | 'full'

export const delayMs = 500
const syncs = 'fsync,fdatasync'
const injections: Readonly<Record<Fault, readonly [calls: string, what: string]>> = {
  delay: [syncs, `delay_enter=${delayMs * 1000}`],
  hang: [syncs, 'delay_enter=30000000'],
  error: [syncs, 'error=EIO'],
  // Sockets are not written so.
  full: ['pwrite64', 'error=ENOSPC'],
}

/** Why this machine cannot trace processes; undefined if it can. */
export async function tracingProblem(): Promise<string | undefined> {
  const traced = spawn('sleep', ['60'])
  try {
    const detach = await putOnBadDisk(traced.pid ?? 0, 'delay')
    await detach()
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    traced.kill('SIGKILL')
  }
}

/** Gives a running process a bad disk. Call the answer to give it a good one again; the process keeps running. */
export async function putOnBadDisk(pid: number, fault: Fault): Promise<() => Promise<void>> {
  const [calls, what] = injections[fault]
  const inject = `inject=${calls}:${what}`
  const strace = spawn('strace', [
    '-f',
    '-o',
    '/dev/null',
    '-e',
    `trace=${calls}`,
    '-e',
    inject,
    '-p',
    String(pid),
  ])
  const ended = once(strace, 'close').catch(() => undefined)
  await attached(strace)
  return async () => {
    strace.kill('SIGINT')
    await ended
  }
}

/** Resolves once strace has attached to all threads of the process. */
async function attached(strace: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    strace.once('error', reject)
    strace.once('close', () => reject(new Error(said.trim())))
    strace.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes(' attached')) resolve()
    })
  })
}
