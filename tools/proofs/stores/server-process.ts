import { randomUUID } from 'node:crypto'
import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { programCommand } from '../../../packages/server/tests/support/programs.ts'
import { raisedLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import { RawSocket } from '../bench/raw-socket.ts'
import { Person, type Role } from './person.ts'
import { within } from './within.ts'

const deadlineMs = 30_000

/** What runs: the package as users get it, or today's source. */
export type Program = 'build' | 'source'

/** The arguments with which Node runs the executable. */
export function programArgs(program: Program, ...args: readonly string[]): string[] {
  if (program === 'build') return ['packages/server/dist/main.js', ...args]
  const [, ...source] = programCommand('main', ...args)
  return source
}

/** The executable in a process of its own, with the workspace `shop`. */
export class ServerProcess {
  readonly #executable: ExecutableProcess
  readonly #ending = new AbortController()

  private constructor(program: Program, env: Readonly<Record<string, string>>, uid?: number) {
    const shop = {
      WORKSPACES: 'shop:shop-key-with-more-than-32-letters',
      KEY_PEPPER: 'a pepper of the proofs',
      HOST: '127.0.0.1',
      PORT: '0',
      LIMITS: raisedLimitsVariable,
    }
    const command = [process.execPath, ...programArgs(program)] as const
    this.#executable = new ExecutableProcess({ command, env: { ...shop, ...env }, uid })
  }

  /** Resolves when it listens. @param env where it keeps its data, and its other options @param uid whom it runs as */
  static async start(
    program: Program,
    env: Readonly<Record<string, string>>,
    uid?: number,
  ): Promise<ServerProcess> {
    const server = new ServerProcess(program, env, uid)
    await server.#executable.listening()
    return server
  }

  /** One that nobody waits for. */
  static launch(program: Program, env: Readonly<Record<string, string>>): ServerProcess {
    return new ServerProcess(program, env)
  }

  /** Sends a signal, and answers what it ended with: the signal, or its exit code. */
  async endedBy(signal: NodeJS.Signals): Promise<NodeJS.Signals | number | null> {
    const code = await this.#executable.stop(signal)
    return this.#executable.endedBy ?? code
  }

  /** What it has written to its log, and to stderr. */
  get log(): string {
    return `${this.#executable.stdout}\n${this.#executable.stderr}`
  }

  get pid(): number {
    return this.#executable.pid
  }

  /** Somebody in the workspace, over a socket of the current dialect. */
  async connect(user_id: string, role: Role = 'customer'): Promise<Person> {
    const identity = {
      protocol: 1 as const,
      workspace_id: 'shop',
      api_key: 'shop-key-with-more-than-32-letters',
      device_id: randomUUID(),
    }
    const port = Number(new URL(this.#executable.url).port)
    const opened = RawSocket.open(port, { ...identity, user_id, role }, this.#ending.signal)
    return new Person(user_id, await within(opened, deadlineMs, 'The server admitted nobody'))
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<void> {
    this.#ending.abort()
    await this.#executable.stop('SIGKILL')
  }

  /** Ends it as an administrator does. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#executable.stop('SIGTERM')
  }
}
