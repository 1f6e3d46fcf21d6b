import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ourProgram } from '../bench/servers.ts'

/** The executable, in a process of its own. */
export interface Server {
  readonly url: string
  /** Megabytes that the process has in memory. */
  memoryMb(): number
  stop(): Promise<void>
}

export async function startServer(limits: string): Promise<Server> {
  const child = spawn(process.execPath, [...ourProgram().args], {
    env: {
      PATH: process.env.PATH,
      WORKSPACES: 'edge:edge-key-with-more-than-32-letters',
      DATA_DIR: ':memory:',
      HOST: '127.0.0.1',
      PORT: '0',
      LIMITS: limits,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const url = await listening(child)
  return {
    url,
    memoryMb: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (text: Buffer) => {
      said += String(text)
      const [, url] = /listens on (http:\S+)/.exec(said) ?? []
      if (url !== undefined) resolve(url)
    })
    child.once('exit', () => reject(new Error(`The server did not start: ${said}`)))
  })
}
