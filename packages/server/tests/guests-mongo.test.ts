import { expect, it, onTestFinished } from 'vitest'
import { createChatServer } from '../src/chat-server.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { secret } from './support/foreign-tokens.ts'
import { playGuestCalls, playGuestJourney } from './support/guest-journey.ts'
import { describeTwoServers } from './support/two-servers.ts'

const tokens = { secrets: [secret] }

describeTwoServers('guests on two servers with one MongoDB', ({ newUrl, open }) => {
  it('[GU3, GU4] keep their ticket over a reload and a log-in in two tabs at once', async () => {
    const [east, west] = await open(newUrl(), 10_000, { tokens })
    await playGuestJourney(east, west)
  })

  it('[GU6] need a pepper that the servers share', async () => {
    const store = await mongoStore({ url: newUrl(), deadlineMs: 10_000 })
    onTestFinished(() => store.close())
    const workspaces = [{ id: 'shop', keys: [], guests: true }]
    const options = { store, port: 0, host: '127.0.0.1' }
    await expect(createChatServer({ ...options, workspaces })).rejects.toThrow(/^keyPepper: set it/)
  })
})

describeTwoServers(
  'guests who have called, on two servers with one Redis',
  ({ newUrl, open }) => {
    it('[CA27] have their calls as the user whom they become', async () => {
      const [east, west] = await open(newUrl(), 10_000, { tokens, limits: { callGraceMs: 1_500 } })
      await playGuestCalls(east, west)
    })
  },
  { withRedis: true },
)
