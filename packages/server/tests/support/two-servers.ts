import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import { mongoStore } from '../../src/stores/mongo/index.ts'
import { openChat, type TestChat } from '../../src/testing/connect.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './mongo.ts'

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
}

/** Tests of servers that share a MongoDB, which is started for them; skipped where the machine has none. */
export function describeTwoServers(
  title: string,
  tests: (servers: TwoServers) => void,
  kind = mongoKinds[0],
): void {
  describe.skipIf(noMongo)(`${title}${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
    let mongo: MongoServer
    beforeAll(async () => {
      mongo = (await kind?.start()) as MongoServer
    }, 60_000)
    afterAll(() => mongo.stop())
    const openOne: TwoServers['openOne'] = async (url, deadlineMs, options) => {
      const keyPepper = 'the pepper of both servers'
      return openChat(onTestFinished, { store: await mongoStore({ url, deadlineMs }), keyPepper, ...options })
    }
    tests({
      newUrl: () => newDatabaseUrl(mongo),
      openOne,
      open: async (...args) => [await openOne(...args), await openOne(...args)],
    })
  })
}
