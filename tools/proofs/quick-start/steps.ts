import { spawn } from 'node:child_process'
import { run } from '../../../packages/client/tests/packed/consumers.ts'

/** A program that runs until it is stopped. */
export interface Program {
  /** What it said that it was waited for. */
  readonly said: string
  readonly stop: () => void
}

const patienceMs = 60_000

export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; took: number }> {
  const from = performance.now()
  const result = await work()
  return { result, took: Math.round((performance.now() - from) / 100) / 10 }
}

/** Runs a command as a reader types it. */
export async function inFolder(folder: string, command: string): Promise<void> {
  await run(folder, ['sh', '-c', command])
}

/** Starts a program as a reader types it, and waits until it says where it is. */
export function startProgram(folder: string, command: string, says: RegExp): Promise<Program> {
  // A group of its own: npx starts others.
  const child = spawn('sh', ['-c', command], {
    cwd: folder,
    detached: true,
    env: { ...process.env, NO_COLOR: '1' },
  })
  const stop = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
  }
  return new Promise((resolve, reject) => {
    let printed = ''
    const fail = (why: string): void => {
      stop()
      reject(new Error(`${command} ${why}:\n${printed}`))
    }
    const timer = setTimeout(fail, patienceMs, 'said nothing')
    child.on('exit', (code) => fail(`ended with ${code}`))
    for (const output of [child.stdout, child.stderr])
      output.on('data', (chunk) => {
        printed += String(chunk)
        const [, said] = says.exec(printed) ?? []
        if (said === undefined) return
        clearTimeout(timer)
        child.removeAllListeners('exit')
        resolve({ said, stop })
      })
  })
}
