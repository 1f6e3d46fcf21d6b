import { randomUUID } from 'node:crypto'
import { protocolVersion } from '../../../packages/protocol/src/version.ts'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { startMongoProxy } from '../../../packages/server/tests/support/mongo-proxy.ts'
import { programCommand } from '../../../packages/server/tests/support/programs.ts'
import { raisedLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'

const identity = { workspace_id: 'shop', api_key: 'shop-key-with-more-than-32-letters' }
/** Each command of a store is late by up to this. */
const mostDelayMs = 20
/** A close takes some twenty commands, and what stands in for MongoDB answers a hundred a second on a busy machine: a late answer is none that is lost. */
const storeMs = 60_000
const deadlineMs = 90_000

/** Two servers on one MongoDB and one Redis, each a process of its own, and a store that is late. */
export interface Scene {
  readonly servers: [ExecutableProcess, ExecutableProcess]
  readonly isStandIn: boolean
  connect(server: ExecutableProcess, user_id: string, role?: 'agent' | 'admin'): Promise<TestSocket>
  /** Starts another server. */
  start(): Promise<ExecutableProcess>
  close(): Promise<void>
}

export async function openScene(): Promise<Scene> {
  const mongo = await MongoProcess.start()
  const redis = await RedisProcess.start()
  const target = new URL(mongo.url)
  const proxy = await startMongoProxy({ host: target.hostname, port: Number(target.port) })
  const url = new URL(mongo.url)
  url.port = String(proxy.port)
  url.pathname = '/line'
  const env = {
    WORKSPACES: `${identity.workspace_id}:${identity.api_key}`,
    KEY_PEPPER: 'a pepper of the proofs',
    MONGODB_URI: url.href,
    REDIS_URL: redis.url,
    HOST: '127.0.0.1',
    PORT: '0',
    LIMITS: `${raisedLimitsVariable},storeMs=${storeMs}`,
  }
  const start = async (): Promise<ExecutableProcess> => {
    const server = new ExecutableProcess({ command: programCommand('main'), env })
    await server.listening()
    return server
  }
  const servers: [ExecutableProcess, ExecutableProcess] = [await start(), await start()]
  proxy.set(({ name }) => (name === 'hello' ? undefined : { delayMs: Math.random() * mostDelayMs }))
  return {
    servers,
    isStandIn: mongo.isStandIn,
    async connect(server, user_id, role = 'agent') {
      const auth = { protocol: protocolVersion, ...identity, user_id, role, device_id: randomUUID() }
      return openSocket(server.url, { transports: ['websocket'], auth }, { deadlineMs }).admitted()
    },
    start,
    async close() {
      for (const server of servers) await server.stop('SIGKILL')
      proxy.close()
      await redis.kill()
      await mongo.remove()
    },
  }
}
