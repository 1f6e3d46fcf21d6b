import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LimitOptions } from '../../../packages/server/src/limits.ts'

/** A mistake that a run must find. */
export type Plant = 'throw' | 'exit' | 'rejection' | 'block' | 'leak'

export interface Start {
  readonly folder: string
  readonly limits: LimitOptions
  readonly plant?: Plant | undefined
}

/** What the server has counted since its start, and how much it uses after a garbage collection. */
export interface Figures {
  /** Packets of socket.io that its decoder has looked at. */
  readonly read: number
  /** Requests that a handler was called for. */
  readonly handled: number
  /** Requests whose handler has asked the store for something. */
  readonly stored: number
  readonly heapUsed: number
  readonly rss: number
  /** What keeps the process running: sockets, timers, requests. */
  readonly handles: number
  /** What it has logged as an error since the last figures. */
  readonly problems: readonly string[]
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = fileURLToPath(new URL('./program.ts', import.meta.url))
const deadlineMs = 30_000

/** The server that is fuzzed, in a process of its own. */
export class FuzzedServer {
  readonly url: string
  readonly #child: ChildProcess
  readonly #said: () => string
  readonly #closed: Promise<unknown>

  private constructor(child: ChildProcess, url: string, said: () => string) {
    this.#child = child
    this.#closed = once(child, 'close')
    this.url = url
    this.#said = said
  }

  static async start(start: Start): Promise<FuzzedServer> {
    const args = ['--expose-gc', '--conditions=@dowellchat/source', '--import', 'tsx', program]
    const child = spawn(process.execPath, [...args, JSON.stringify(start)], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let said = ''
    child.stderr?.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-4_000)
    })
    const exited = once(child, 'exit').then(() =>
      Promise.reject(new Error(`The server did not start: ${said}`)),
    )
    const [{ url }] = (await Promise.race([once(child, 'message'), exited])) as [{ url: string }]
    exited.catch(() => undefined)
    return new FuzzedServer(child, url, () => said)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** How it ended, with what it said; undefined while it runs. */
  get end(): string | undefined {
    const { exitCode, signalCode } = this.#child
    return exitCode === null && signalCode === null
      ? undefined
      : `It ended (${exitCode ?? signalCode}): ${this.#said()}`
  }

  /** Undefined if it does not answer in time. */
  async figures(): Promise<Figures | undefined> {
    if (this.end !== undefined || !this.#child.connected) return undefined
    const over = new AbortController()
    const late = setTimeout(() => over.abort(), deadlineMs)
    const answered = once(this.#child, 'message', over)
    const ended = once(this.#child, 'exit', over).then(() => [{}])
    this.#child.send('figures')
    try {
      const [{ figures }] = (await Promise.race([answered, ended])) as [{ figures?: Figures }]
      return figures
    } catch {
      return undefined
    } finally {
      clearTimeout(late)
      ended.catch(() => undefined)
      answered.catch(() => undefined)
      over.abort()
    }
  }

  /** How it ended without being asked to; undefined if it goes on. */
  async crash(): Promise<string | undefined> {
    if (this.#child.connected) return undefined
    // By then everything that it wrote has been read.
    await this.#closed
    return this.end
  }

  /** Ends it as a deploy does. */
  async close(): Promise<void> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), deadlineMs)
    if (this.#child.connected) this.#child.send('close')
    await this.#closed
    clearTimeout(late)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
