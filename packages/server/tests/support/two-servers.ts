import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import { redisBus } from '../../src/nodes/redis-bus.ts'
import { mongoStore } from '../../src/stores/mongo/index.ts'
import { openChat, type TestChat } from '../../src/testing/connect.ts'
import { type MongoKind, type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './mongo.ts'
import { type MongoProxy, startMongoProxy } from './mongo-proxy.ts'
import { noRedis, RedisProcess } from './redis-process.ts'

export interface TwoServers {
  /** The address of a new database. */
  newUrl(): string
  /** Starts one server on a database, as `open` starts two. */
  openOne(url: string, deadlineMs: number, options?: Partial<ChatServerOptions>): Promise<TestChat>
  /** Starts two servers on a database. @param deadlineMs how long each call of a store may take */
  open(
    url: string,
    deadlineMs: number,
    options?: Partial<ChatServerOptions>,
  ): Promise<[east: TestChat, west: TestChat]>
  /** The Redis by which they speak to each other; only with `withRedis`. */
  readonly redis: RedisProcess
}

interface TwoServersOptions {
  readonly kind?: MongoKind | undefined
  /** Whether they have a Redis, which is started for them. */
  readonly withRedis?: boolean
}

/** Tests of servers that share a MongoDB, which is started for them; skipped where the machine has none. */
export function describeTwoServers(
  title: string,
  tests: (servers: TwoServers) => void,
  { kind = mongoKinds[0], withRedis = false }: TwoServersOptions = {},
): void {
  const missing = noMongo ?? (withRedis ? noRedis : undefined)
  describe.skipIf(missing)(`${title}${missing ? `, which is not here: ${missing}` : ''}`, () => {
    let mongo: MongoServer
    let redis: RedisProcess | undefined
    beforeAll(async () => {
      mongo = (await kind?.start()) as MongoServer
      if (withRedis) redis = await RedisProcess.start()
    })
    afterAll(async () => {
      await mongo.stop()
      await redis?.kill()
    })
    const openOne: TwoServers['openOne'] = async (url, deadlineMs, options) => {
      const keyPepper = 'the pepper of both servers'
      const bus = redis && { bus: redisBus({ url: redis.url, channel: new URL(url).pathname }) }
      const store = await mongoStore({ url, deadlineMs })
      return openChat(onTestFinished, { store, keyPepper, ...bus, ...options })
    }
    tests({
      newUrl: () => newDatabaseUrl(mongo),
      openOne,
      open: async (...args) => [await openOne(...args), await openOne(...args)],
      get redis() {
        return redis as RedisProcess
      },
    })
  })
}

/** Starts a proxy to the server of a URL, which ends with the test. `url` is the same database through the proxy. */
export async function startProxyTo(
  direct: string,
): Promise<{ readonly proxy: MongoProxy; readonly url: string }> {
  const url = new URL(direct)
  const proxy = await startMongoProxy({ host: url.hostname, port: Number(url.port) })
  onTestFinished(() => proxy.close())
  url.port = String(proxy.port)
  return { proxy, url: url.href }
}
