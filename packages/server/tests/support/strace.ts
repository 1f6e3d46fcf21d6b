import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished, type TestContext } from 'vitest'

/** What becomes of every fsync and fdatasync: half a second's delay before it, or an error of the disk instead of it. */
export type Fault = 'delay' | 'error'

export const delayMs = 500
const injections: Readonly<Record<Fault, string>> = {
  delay: `delay_enter=${delayMs * 1000}`,
  error: 'error=EIO',
}

/** Why processes cannot be traced here; undefined where they can. */
async function problem(): Promise<string | undefined> {
  const traced = spawn('sleep', ['60'])
  try {
    const detach = await attach(traced.pid ?? 0, 'delay')
    await detach()
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    traced.kill('SIGKILL')
  }
}

const known = problem()

/** Skips the test, saying why, where processes cannot be traced; in CI that is a failure. */
export async function needStrace({ skip }: Pick<TestContext, 'skip'>): Promise<void> {
  const why = await known
  if (why === undefined) return
  const text = `needs strace (apt-get install strace) and the right to trace: ${why}`
  if (process.env.CI) throw new Error(text)
  console.warn(`Skipped: ${text}`)
  skip(text)
}

/** Puts a running process on a bad disk; the answer takes it off again, and the process runs on. */
export async function breakDisk(pid: number, fault: Fault): Promise<() => Promise<void>> {
  const detach = await attach(pid, fault)
  onTestFinished(detach)
  return detach
}

async function attach(pid: number, fault: Fault): Promise<() => Promise<void>> {
  const calls = 'fsync,fdatasync'
  const inject = `inject=${calls}:${injections[fault]}`
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

/** Resolves when strace has all threads of the process. */
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
