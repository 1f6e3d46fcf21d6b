import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { protocolVersion } from '../../../packages/protocol/src/version.ts'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { programCommand } from '../../../packages/server/tests/support/programs.ts'
import { patientLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'

export const identity = { workspace_id: 'shop', api_key: 'shop-key-with-more-than-32-letters' }

/** Two servers on one MongoDB and one Redis, each a process of its own. */
export interface Scene {
  readonly servers: readonly [ExecutableProcess, ExecutableProcess]
  readonly isStandIn: boolean
  connect(server: ExecutableProcess, user_id: string): Promise<TestSocket>
  /** How many documents each collection has. */
  counts(): Promise<Readonly<Record<string, number>>>
  /** Kills a server, and starts another one in its place. */
  replace(server: ExecutableProcess): Promise<() => Promise<void>>
  close(): Promise<void>
}

export async function openScene(): Promise<Scene> {
  const mongo = await MongoProcess.start()
  const redis = await RedisProcess.start()
  const url = new URL(mongo.url)
  url.pathname = '/typing'
  const env = {
    WORKSPACES: `${identity.workspace_id}:${identity.api_key}`,
    KEY_PEPPER: 'a pepper of the proofs',
    MONGODB_URI: url.href,
    REDIS_URL: redis.url,
    HOST: '127.0.0.1',
    PORT: '0',
    // As many requests as a flood takes, and presence as often as a real server tells it.
    LIMITS: patientLimitsVariable.replace(/presenceMs=\d+/, 'presenceMs=1000'),
  }
  const start = async (): Promise<ExecutableProcess> => {
    const server = new ExecutableProcess({ command: programCommand('main'), env })
    await server.listening()
    return server
  }
  const servers: [ExecutableProcess, ExecutableProcess] = [await start(), await start()]
  const client = await new MongoClient(url.href).connect()
  return {
    servers,
    isStandIn: mongo.isStandIn,
    async connect(server, user_id) {
      const auth = { protocol: protocolVersion, ...identity, user_id, role: 'agent', device_id: randomUUID() }
      const socket = openSocket(server.url, { transports: ['websocket'], auth })
      return socket.admitted()
    },
    async counts() {
      const collections = await client.db().collections()
      const counted = await Promise.all(
        collections.map(async (one) => [one.collectionName, await one.countDocuments()] as const),
      )
      return Object.fromEntries(counted)
    },
    async replace(server) {
      await server.stop('SIGKILL')
      return async () => {
        servers[servers.indexOf(server)] = await start()
      }
    },
    async close() {
      await client.close()
      for (const server of servers) await server.stop('SIGKILL')
      await redis.kill()
      await mongo.remove()
    },
  }
}
