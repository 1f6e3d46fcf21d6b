import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from '../../server/tests/support/two-servers.ts'
import type { ChatClient } from '../src/client.ts'
import { installFakeMedia } from '../src/fake-client/index.ts'
import { openClient, until } from '../src/testing/chat.ts'

async function connect(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** A call of two SDKs that is connected. */
async function call(caller: ChatClient, callee: ChatClient, name: string): Promise<void> {
  await caller.calls.start(name)
  const { incoming } = await until(callee.calls, ({ incoming }) => incoming.length === 1)
  await callee.calls.accept(incoming[0]?.callId ?? '')
  for (const one of [caller, callee]) await until(one.calls, isConnected)
}

const isConnected: Parameters<typeof until<ReturnType<ChatClient['calls']['getSnapshot']>>>[1] = ({
  current,
}) => current?.status === 'connected'

describeTwoServers(
  'calls of the SDK on two servers',
  ({ newUrl, open }) => {
    it('[NO8] go on while a connection is lost, and end if the server does not know them then', async () => {
      onTestFinished(installFakeMedia().uninstall)
      const [east, west] = await open(newUrl(), 10_000, { limits: { callGraceMs: 6_000 } })
      const [link, otherLink] = [await east.server.link(), await east.server.link()]
      const [ann, cid] = [
        await connect(openClient(link.url, 'ann')),
        await connect(openClient(otherLink.url, 'cid')),
      ]
      const [ben, dan] = [
        await connect(openClient(west.url, 'ben')),
        await connect(openClient(west.url, 'dan')),
      ]
      await call(ann, ben, 'ben')
      await call(cid, dan, 'dan')

      link.cut()
      otherLink.offline()
      for (const one of [ann, cid]) {
        await until(one.connection, ({ status }) => status !== 'online')
        expect(isConnected(one.calls.getSnapshot())).toBe(true)
      }
      await until(ann.connection, ({ status }) => status === 'online')
      const lost = await until(dan.calls, ({ current }) => current?.status === 'ended')
      expect(lost.current?.reason).toBe('lost')
      otherLink.online()
      await until(cid.connection, ({ status }) => status === 'online')
      expect(isConnected(cid.calls.getSnapshot())).toBe(true)
      const onlineAt = performance.now()
      const { current } = await until(cid.calls, ({ current }) => current?.status === 'ended')
      expect(current?.reason).toBe('lost')
      // The server has 5 s to say that it knows the call. Without a connection it would have gone on for 16 s, 10 s from here.
      const waitedMs = performance.now() - onlineAt
      expect(waitedMs).toBeGreaterThan(4_900)
      expect(waitedMs).toBeLessThan(8_000)
      expect([ann, ben].map(({ calls }) => isConnected(calls.getSnapshot()))).toEqual([true, true])
      await ben.calls.hangUp()
      const ending = await until(ann.calls, ({ current }) => current?.status === 'ended')
      expect(ending.current?.reason).toBe('hung_up')
    })

    it('[NO9] that were dropped while the connection was lost end for both', async () => {
      onTestFinished(installFakeMedia().uninstall)
      const [east, west] = await open(newUrl(), 10_000)
      const link = await east.server.link()
      const ann = await connect(openClient(link.url, 'ann'))
      const ben = await connect(openClient(west.url, 'ben'))
      await call(ann, ben, 'ben')
      link.offline()
      await until(ann.connection, ({ status }) => status !== 'online')
      void ann.calls.hangUp().catch(() => undefined)
      link.online()
      const { current } = await until(ben.calls, ({ current }) => current?.status === 'ended')
      expect(current?.reason).toBe('hung_up')
    })
  },
  { withRedis: true },
)
