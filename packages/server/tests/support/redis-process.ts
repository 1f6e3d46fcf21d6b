import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from 'redis'
import { freePort } from './free-port.ts'

const hasRedis = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0

/** Why there is no Redis to test with; with CI=true the tests fail over it instead of being skipped. */
export const noRedis: string | undefined =
  hasRedis || process.env.CI === 'true' ? undefined : 'install redis-server, or run .ci/run once'

/** A Redis of our own, which keeps nothing. It may be stopped, killed and started again. */
export class RedisProcess {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly url: string
  readonly #args: readonly string[]
  #child: ChildProcess | undefined

  private constructor(port: number, args: readonly string[]) {
    this.port = port
    this.url = `redis://${this.host}:${port}`
    this.#args = args
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Resolves when it answers. @param args further options of redis-server */
  static async start(...args: readonly string[]): Promise<RedisProcess> {
    const server = new RedisProcess(await freePort(), args)
    await server.restart()
    return server
  }

  /** Starts it again on the same port, empty. */
  async restart(): Promise<void> {
    await this.kill()
    const options = ['--port', `${this.port}`, '--bind', this.host, '--save', '', '--appendonly', 'no']
    this.#child = spawn('redis-server', [...options, ...this.#args], { stdio: 'ignore' })
    const ended = once(this.#child, 'exit').then(() => Promise.reject(new Error('Redis ended at its start')))
    ended.catch(() => undefined)
    await Promise.race([this.#listens(), ended])
  }

  /** Ends it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill(signal)
    await exited
  }

  /** Lets it hang, with all its connections open. */
  hang(): void {
    this.#child?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child?.kill('SIGCONT')
  }

  async #listens(): Promise<void> {
    // Where it asks for a password, it listens.
    const isAsking = ({ message }: Error): boolean => /NOAUTH|WRONGPASS/.test(message)
    const reconnectStrategy = (_: number, error: Error): number | false => (isAsking(error) ? false : 50)
    const client = createClient({ url: this.url, socket: { reconnectStrategy } })
    client.on('error', () => {})
    await client.connect().catch((error: Error) => {
      if (!isAsking(error)) throw error
    })
    if (client.isOpen) client.destroy()
  }
}
