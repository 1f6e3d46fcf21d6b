import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { raisedLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'
import { shopKey } from '../drain/shop-server.ts'
import { type Program, programArgs } from '../stores/server-process.ts'

const deadlineMs = 60_000

/** How a server has ended. */
export interface Ending {
  readonly exitCode: number | null
  readonly exitMs: number
  /** What it has complained about. */
  readonly problems: readonly string[]
  /** How many lines of its log say that the database has answered late, which is no fault of a deploy. */
  readonly lateAnswers: number
}

/** Servers of the executable on one MongoDB and one Redis, each on a port that it keeps. */
export class Cluster {
  readonly ports: readonly number[]
  readonly #mongo: MongoProcess
  readonly #redis: RedisProcess
  readonly #program: Program
  readonly #servers: ExecutableProcess[] = []

  private constructor(mongo: MongoProcess, redis: RedisProcess, program: Program, ports: readonly number[]) {
    this.#mongo = mongo
    this.#redis = redis
    this.#program = program
    this.ports = ports
  }

  /** Resolves when all listen. */
  static async start(program: Program, count: number): Promise<Cluster> {
    const ports = []
    for (let n = 0; n < count; n++) ports.push(await freePort())
    const [mongo, redis] = await Promise.all([MongoProcess.start({ isLong: true }), RedisProcess.start()])
    const cluster = new Cluster(mongo, redis, program, ports)
    try {
      for (const n of ports.keys()) await cluster.begin(n)
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  urlOf(n: number): string {
    return `http://127.0.0.1:${this.ports[n]}`
  }

  /** Starts a server; resolves when it is ready. */
  async begin(n: number): Promise<void> {
    const env = {
      WORKSPACES: `${shopKey.workspace_id}:${shopKey.api_key},v2`,
      KEY_PEPPER: 'a pepper of the proofs',
      MONGODB_URI: this.#mongo.urlWhereBusy,
      REDIS_URL: this.#redis.url,
      V2_WORKSPACE: 'v2',
      TRUSTED_PROXIES: '127.0.0.1',
      HOST: '127.0.0.1',
      PORT: `${this.ports[n]}`,
      LIMITS: raisedLimitsVariable,
    }
    const server = new ExecutableProcess({ command: [process.execPath, ...programArgs(this.#program)], env })
    this.#servers[n] = server
    await server.listening()
  }

  /** Ends a server as a deploy does; resolves when its process is gone. */
  async end(n: number): Promise<Ending> {
    const server = this.#servers[n] as ExecutableProcess
    const signalMs = performance.now()
    server.signal('SIGTERM')
    const exitCode = await server.exited(deadlineMs)
    const isLate = (line: string): boolean => line.includes('"StoreUnavailableError"')
    const problems = server.problems.filter((line) => !isLate(line))
    const lateAnswers = server.problems.length - problems.length
    return { exitCode, exitMs: Math.round(performance.now() - signalMs), problems, lateAnswers }
  }

  /** Lets a server vanish. */
  async kill(n: number): Promise<void> {
    await this.#servers[n]?.stop('SIGKILL')
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop('SIGKILL')))
    await Promise.all([this.#mongo.remove(), this.#redis.kill()])
  }
}
