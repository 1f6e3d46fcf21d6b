import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createChatServer } from '../src/chat-server.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { openChat, type TestChat } from '../src/testing/connect.ts'
import { secret } from './support/foreign-tokens.ts'
import { playGuestJourney } from './support/guest-journey.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'

describe.skipIf(noMongo)(
  `guests on two servers with one MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`,
  () => {
    let mongo: MongoServer
    beforeAll(async () => {
      const [kind] = mongoKinds
      mongo = (await kind?.start()) as MongoServer
    }, 60_000)
    afterAll(() => mongo.stop())

    it('[GU3, GU4] keep their ticket over a reload and a log-in in two tabs at once', {
      timeout: 60_000,
    }, async () => {
      const url = newDatabaseUrl(mongo)
      const node = async (): Promise<TestChat> =>
        openChat(onTestFinished, {
          store: await mongoStore({ url, deadlineMs: 10_000 }),
          tokens: { secrets: [secret] },
          keyPepper: 'the pepper of both servers',
        })
      await playGuestJourney(await node(), await node())
    })

    it('[GU6] need a pepper that the servers share', { timeout: 60_000 }, async () => {
      const store = await mongoStore({ url: newDatabaseUrl(mongo), deadlineMs: 10_000 })
      onTestFinished(() => store.close())
      const workspaces = [{ id: 'shop', keys: [], guests: true }]
      const options = { store, port: 0, host: '127.0.0.1' }
      await expect(createChatServer({ ...options, workspaces })).rejects.toThrow(/^keyPepper: set it/)
    })
  },
)
