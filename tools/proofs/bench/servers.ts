import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'
import { pin, wait } from './cpu.ts'
import { benchKey, makeAuth } from './ids.ts'
import { type Auth, RawSocket } from './raw-socket.ts'

export type Kind = 'bare' | 'memory' | 'durable'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../../../', import.meta.url))
const serverPackage = join(root, 'packages/server')
const built = join(serverPackage, 'dist/main.js')
export const scratch = mkdtempSync(join(tmpdir(), 'dowellchat-bench-'))

/** A server to run: its name in what is printed, and the arguments that Node gets. */
export interface Program {
  readonly name: string
  readonly args: readonly string[]
}

export const bareProgram: Program = { name: 'bare', args: [join(here, 'bare-server.mjs')] }

/** Serves the rows of messages and connections alone. */
export const floorProgram: Program = { name: 'floor', args: [join(here, 'floor-server.mjs')] }

/** Our server as users run it, or its source while there is no build. */
export function ourProgram(): Program & { readonly how: 'build' | 'source' } {
  if (existsSync(built)) return { name: 'ours', how: 'build', args: [built] }
  const source = join(serverPackage, 'src/executable/main.ts')
  return {
    name: 'ours',
    how: 'source',
    args: ['--conditions=@dowellchat/source', '--import', 'tsx', source],
  }
}

/** A server that takes part: its samples are kept under `key`. */
export interface Entrant<Key extends string = string> {
  readonly key: Key
  readonly kind: Kind
  readonly program: Program
  /** What its environment has beside the bench's own. */
  readonly env?: Readonly<Record<string, string>>
}

/** A server in a process of its own, on the core that servers share. */
export class Contestant {
  readonly key: string
  readonly kind: Kind
  readonly name: string
  readonly isBare: boolean
  readonly isFloor: boolean
  readonly port: number
  readonly pid: number
  /** Its data folder, used where `kind` is durable. */
  readonly folder: string
  readonly #process: ChildProcess
  readonly #ending = new AbortController()
  #asked = 0

  private constructor({ key, kind, program }: Entrant, port: number, folder: string, process: ChildProcess) {
    this.key = key
    this.kind = kind
    this.isBare = program === bareProgram
    this.isFloor = program === floorProgram
    this.name = kind === 'bare' ? 'bare' : `${program.name}, ${kind}`
    this.port = port
    this.folder = folder
    this.#process = process
    this.pid = process.pid as number
  }

  /** Starts a server and waits for it. `trace` names a file that lists its calls of fsync and fdatasync. */
  static async start(entrant: Entrant, trace?: string): Promise<Contestant> {
    const { kind, program, env } = entrant
    const port = await freePort()
    const folder = mkdtempSync(join(scratch, `${kind}-`))
    const node = [process.execPath, '--expose-gc', '--import', join(here, 'probe.mjs'), ...program.args]
    const strace = [
      'strace',
      '-D',
      '-f',
      '--seccomp-bpf',
      '-qq',
      '-e',
      'trace=fsync,fdatasync',
      '-o',
      trace ?? '',
    ]
    const [command = '', ...args] = trace ? [...strace, ...node] : node
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...environment(port, kind === 'durable' ? folder : ':memory:'), ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let complaints = ''
    child.stderr?.on('data', (text: Buffer) => {
      complaints = `${complaints}${text}`.slice(-2_000)
    })
    const server = new Contestant(entrant, port, folder, child)
    await server.#ready(() => complaints)
    pin(server.pid, 1)
    return server
  }

  /** @param as what the handshake says instead of the usual, or beside it */
  connect(user: number, as: Auth = {}): Promise<RawSocket> {
    return RawSocket.open(this.port, { ...makeAuth(user), ...as }, this.#ending.signal)
  }

  /** A socket in each of these rooms. */
  async join(user: number, ...rooms: readonly string[]): Promise<RawSocket> {
    const socket = await this.connect(user)
    for (const room of rooms) expectSuccess(await socket.request('join', { room }))
    return socket
  }

  /** The memory in use after a garbage collection. */
  async memory(): Promise<NodeJS.MemoryUsage> {
    return (await this.#ask({ ask: 'memory' })) as NodeJS.MemoryUsage
  }

  /** The bytes of its heap in use after a garbage collection; it needs no free descriptor. */
  async heap(): Promise<number> {
    return (await this.#ask({ ask: 'heap' })) as number
  }

  async profile<T>(folder: string, work: () => Promise<T>): Promise<T> {
    mkdirSync(folder, { recursive: true })
    await this.#ask({ ask: 'profile', start: true, folder })
    const result = await work()
    await this.#ask({ ask: 'profile', start: false, folder })
    await wait(500) // workers write their profiles later, without an answer
    return result
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(late)
    rmSync(this.folder, { recursive: true, force: true })
  }

  #ask(question: { ask: string; start?: boolean; folder?: string }): Promise<unknown> {
    this.#asked += 1
    const id = this.#asked
    this.#process.send({ id, ...question })
    return new Promise((resolve) => {
      const answered = (message: { id: number; answer: unknown }) => {
        if (message.id !== id) return
        this.#process.off('message', answered)
        resolve(message.answer)
      }
      this.#process.on('message', answered)
    })
  }

  async #ready(complaints: () => string): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      if (this.#process.exitCode !== null) throw new Error(`${this.name} ended at its start: ${complaints()}`)
      try {
        return (await this.connect(0)).close()
      } catch (error) {
        if (tries > 200)
          throw new Error(`${this.name} refuses connections: ${complaints()}`, { cause: error })
        await wait(100)
      }
    }
  }
}

/** The load of thousands comes from one address and over few sockets. The budgets are counted all the same. */
const raisedLimits = [
  ...[
    'socketPoints',
    'userPoints',
    'addressPoints',
    'workspacePoints',
    'requestsInFlight',
    'requestsWaiting',
  ],
  ...['userConnections', 'addressConnections', 'socketStreams', 'handshakes', 'handshakesPerSecond'],
  ...['addressHandshakes', 'addressHandshakesPerSecond', 'userOpenTickets'],
]
  .map((name) => `${name}=1000000000`)
  .join(',')

function environment(port: number, dataFolder: string): NodeJS.ProcessEnv {
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    WORKSPACES: `bench:${benchKey}`,
    KEY_PEPPER: 'a pepper for the bench, of more than 32 characters',
    DATA_DIR: dataFolder,
    LIMITS: raisedLimits,
  }
}

/** Throws, and so ends the run, unless the server answered with success. */
export function expectSuccess(answer: unknown, request = 'A request'): void {
  const { status } = (answer ?? {}) as { status?: unknown }
  if (status !== 'success') throw new Error(`${request} was refused: ${JSON.stringify(answer)}`)
}
