import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { programCommand } from '../../../packages/server/tests/support/programs.ts'
import { RawSocket } from '../bench/raw-socket.ts'
import { Person, type Role } from './person.ts'
import { within } from './within.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const deadlineMs = 30_000

/** What to run: the built package as users get it, or the source. */
export type Program = 'build' | 'source'

/** The arguments with which Node runs the executable. */
export function programArgs(program: Program, ...args: readonly string[]): string[] {
  if (program === 'build') return ['packages/server/dist/main.js', ...args]
  const [, ...source] = programCommand('main', ...args)
  return source
}

/** The executable in a process of its own, with the workspace `shop`. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #ending = new AbortController()
  #stdout = ''
  #stderr = ''

  private constructor(program: Program, env: Readonly<Record<string, string>>) {
    const { PATH = '', TMPDIR } = process.env
    const shop = {
      WORKSPACES: 'shop:shop-key',
      KEY_PEPPER: 'a pepper of the proofs',
      HOST: '127.0.0.1',
      PORT: '0',
    }
    this.#child = spawn(process.execPath, programArgs(program), {
      cwd: root,
      env: { PATH, ...(TMPDIR !== undefined && { TMPDIR }), ...shop, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-2_000)
    })
    this.#exited = once(this.#child, 'close')
  }

  /** Starts a server; resolves once it listens. @param env where it stores its data, and other settings */
  static async start(program: Program, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const server = new ServerProcess(program, env)
    await within(server.#listening(), deadlineMs, 'The server did not listen').catch(
      async (error: unknown) => {
        await server.kill()
        throw error
      },
    )
    return server
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Connects a user of the workspace, over a socket of the current dialect. */
  async connect(user_id: string, role: Role = 'customer'): Promise<Person> {
    const identity = {
      protocol: 1 as const,
      workspace_id: 'shop',
      api_key: 'shop-key',
      device_id: randomUUID(),
    }
    const opened = RawSocket.open(this.#port, { ...identity, user_id, role }, this.#ending.signal)
    return new Person(user_id, await within(opened, deadlineMs, 'The server let nobody in'))
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<void> {
    this.#ending.abort()
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** Stops it with SIGTERM, as an administrator does. */
  async stop(): Promise<void> {
    this.#ending.abort()
    this.#child.kill('SIGTERM')
    await within(this.#exited, deadlineMs, `The server did not stop, and said ${this.#stderr}`).catch(
      async (error: unknown) => {
        await this.kill()
        throw error
      },
    )
  }

  get #port(): number {
    return Number(/listens on http:\/\/\S+:(\d+)/.exec(this.#stdout)?.[1] ?? 0)
  }

  async #listening(): Promise<void> {
    const listens = new Promise<void>((resolve) => {
      this.#child.stdout?.on('data', () => {
        if (this.#port !== 0) resolve()
      })
    })
    const ends = this.#exited.then(() =>
      Promise.reject(new Error(`The server did not start: ${this.#stderr}`)),
    )
    await Promise.race([listens, ends])
  }
}
