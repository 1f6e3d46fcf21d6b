import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { programCommand } from '../../../packages/server/tests/support/programs.ts'
import { patientLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'
import { cpuMsOf } from '../typing/measure.ts'

export const identity = { workspace_id: 'shop', api_key: 'shop-key-with-more-than-32-letters' }

/** Two servers on one MongoDB and one Redis, each a process with a port of its own. */
export class Scene {
  readonly #servers: ExecutableProcess[] = []
  readonly #ports: readonly number[]
  readonly #mongo: MongoProcess
  readonly #redis: RedisProcess

  private constructor(mongo: MongoProcess, redis: RedisProcess, ports: readonly number[]) {
    this.#mongo = mongo
    this.#redis = redis
    this.#ports = ports
  }

  static async open(): Promise<Scene> {
    const [mongo, redis] = [await MongoProcess.start(), await RedisProcess.start()]
    const scene = new Scene(mongo, redis, [await freePort(), await freePort()])
    for (const at of [0, 1]) await scene.start(at)
    return scene
  }

  get urls(): string[] {
    return this.#ports.map((port) => `http://127.0.0.1:${port}`)
  }

  get isStandIn(): boolean {
    return this.#mongo.isStandIn
  }

  /** What the servers have used of the cores. */
  get cpuMs(): number {
    return cpuMsOf(this.#servers.map(({ pid }) => pid))
  }

  async start(at: number): Promise<void> {
    const url = new URL(this.#mongo.url)
    url.pathname = '/drafts'
    const env = {
      WORKSPACES: `${identity.workspace_id}:${identity.api_key}`,
      KEY_PEPPER: 'a pepper of the proofs',
      MONGODB_URI: url.href,
      REDIS_URL: this.#redis.url,
      HOST: '127.0.0.1',
      PORT: String(this.#ports[at]),
      LIMITS: patientLimitsVariable,
    }
    const server = new ExecutableProcess({ command: programCommand('main'), env })
    await server.listening()
    this.#servers[at] = server
  }

  async kill(at: number): Promise<void> {
    await this.#servers[at]?.stop('SIGKILL')
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.stop('SIGKILL')
    await this.#redis.kill()
    await this.#mongo.remove()
  }
}
