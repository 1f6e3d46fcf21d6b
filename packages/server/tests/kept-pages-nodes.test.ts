import { randomUUID } from 'node:crypto'
import type { Message, Page, Position } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { redisBus } from '../src/nodes/redis-bus.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { StreamStore } from '../src/stores/store.ts'
import { entriesIn, openChat } from '../src/testing/connect.ts'
import { type Loss, lossyBus } from './support/lossy-bus.ts'
import { describeTwoServers, type TwoServers } from './support/two-servers.ts'

const deadlineMs = 30_000
const stream = 'room:r'
const key = { workspace_id: 'demo', stream }

/** Somebody who writes on one server, and another server, which may hear nothing, with somebody who reads there. */
async function openScene({ newUrl, openOne, redis }: TwoServers) {
  const url = newUrl()
  const store = await mongoStore({ url, deadlineMs })
  const reads = { pages: 0 }
  const page: StreamStore['page'] = (...asked) => {
    reads.pages += 1
    return store.streams.page(...asked)
  }
  const loss: Loss = { every: 0 }
  const west = await openChat(onTestFinished, {
    store: { ...store, streams: { ...store.streams, page } },
    keyPepper: 'the pepper of both servers',
    bus: lossyBus(redisBus({ url: redis.url, channel: new URL(url).pathname }), loss),
  })
  const east = await openOne(url, deadlineMs)
  const [writer, reader] = [await east.connect('writer'), await west.connect('reader')]
  for (const socket of [writer, reader]) await socket.request('join', { room: 'r' })

  const say = async (count: number): Promise<Message[]> => {
    const said: Message[] = []
    while (said.length < count) {
      const draft = { room_id: 'r', message_data: `${said.length}`, cid: randomUUID() }
      said.push(await writer.request('message_event', draft))
    }
    return said
  }
  const expectJoined = async (asked: { limit: number; position?: Position }): Promise<void> => {
    const { limit, position } = asked
    const range = position ? { after: position, limit } : { newest: limit }
    const stored = JSON.parse((await store.streams.page(key, range))?.text ?? '') as Page
    const comer = await west.connect('comer')
    expect(await comer.request('join', { room: 'r', ...asked })).toEqual(stored)
    comer.socket.disconnect()
  }
  /** Once the other server is level, who joins there gets the pages that the store would read; answers how many of them it read. */
  const expectPages = async (position: Position): Promise<number> => {
    const head = await store.streams.head(key)
    await expect.poll(() => entriesIn(reader.frames).at(-1)?.seq, { timeout: 20_000 }).toBe(head)
    const before = reads.pages
    await expectJoined({ limit: 3 })
    await expectJoined({ limit: 20 })
    await expectJoined({ limit: 40, position })
    return reads.pages - before
  }
  return { store, loss, writer, say, expectPages }
}

describeTwoServers(
  'pages that a server keeps while another one writes',
  (servers) => {
    it('[NS14] are those that the store would read, whatever the other has said, changed and removed', async () => {
      const { store, loss, writer, say, expectPages } = await openScene(servers)
      const others = await say(30)
      const { epoch } = await writer.request('join', { room: 'r' })
      const { seq, _id: id } = others[5] as Message
      const position = { epoch, seq, id }
      const target = () => {
        const { seq, _id: message_id } = others.pop() as Message
        return { stream, seq, message_id, cid: randomUUID() }
      }
      await expectPages(position)
      await say(4)
      expect(await expectPages(position)).toBe(0)

      for (const every of [0, 1]) {
        // With 1 it hears nothing of the other.
        loss.every = every
        await writer.request('edit_message', { ...target(), message_data: 'edited' })
        await expectPages(position)
        others.push(...(await say(2)))
        await expectPages(position)
        await writer.request('delete_message', target())
        await say(3)
        await expectPages(position)
      }
      loss.every = 0
      const { removed } = await store.streams.prune('demo', others[2]?.created_at ?? '', null)
      expect(removed).toBeGreaterThan(0)
      await writer.request('edit_message', { ...target(), message_data: 'edited' })
      await expectPages(position)
    })
  },
  { withRedis: true },
)
