import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { TestChat } from '../src/testing/connect.ts'
import { draft } from '../src/testing/store-cases/making.ts'
import type { UnreadEvent } from '../src/webhooks/unread-events.ts'
import { startReceiver, webhookTo } from './support/receiver.ts'
import { describeTwoServers } from './support/two-servers.ts'

async function sayAt(chat: TestChat, room_id: string, texts: readonly string[]): Promise<void> {
  const socket = await chat.connect('ann')
  for (const message_data of texts)
    await socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

describeTwoServers(
  'two servers',
  ({ newUrl, open }) => {
    it('[WH12] deliver each entry once and in order, and the other one goes on when one ends', async () => {
      const receiver = await startReceiver()
      const url = newUrl()
      const [east, west] = await open(url, 5_000, { webhooks: [webhookTo(receiver)] })
      await sayAt(east, 'r', ['east 1', 'east 2'])
      await sayAt(west, 'r', ['west 3'])
      await expect.poll(() => receiver.taken()).toEqual(['east 1', 'east 2', 'west 3'])
      await east.close()
      await sayAt(west, 'r', ['west 4', 'west 5'])
      await expect.poll(() => receiver.taken().length).toBe(5)
      // Stored without a note, as by a server that ends between the two.
      const store = await mongoStore({ url, deadlineMs: 5_000 })
      await store.streams.append({ workspace_id: 'demo', stream: 'room:s' }, [
        draft({ message_data: 'alone' }),
      ])
      await west.server.clock.advance(3_600_000)
      await expect.poll(() => receiver.taken('room:s')).toEqual(['alone'])
      const rows = () => store.deliveries.list('demo', { consumer: 'hook', after: '', limit: 9 })
      const places = async () => (await rows()).map(({ stream, seq, due_at }) => [stream, seq, due_at])
      await expect.poll(places).toEqual([
        ['room:r', 5, null],
        ['room:s', 1, null],
      ])
      await store.close()
      expect(receiver.taken('room:r')).toEqual(['east 1', 'east 2', 'west 3', 'west 4', 'west 5'])
    })

    it('[WH20] tell once of who is away, and not who is connected to the other one', async () => {
      const told: UnreadEvent[] = []
      const options = { onUnread: (event: UnreadEvent) => void told.push(event), limits: { unreadMs: 1_500 } }
      const [east, west] = await open(newUrl(), 5_000, options)
      const ann = await east.connect('ann')
      await west.connect('ben')
      const members = ['ben', 'cleo']
      const { _id: room } = await ann.request('create_room', { kind: 'members', members, cid: randomUUID() })
      await ann.request('message_event', { room_id: room, message_data: 'Hello?', cid: randomUUID() })
      await expect.poll(() => told.map(({ user_id }) => user_id)).toEqual(['cleo'])
      await west.server.clock.advance(1_000)
      expect(told.map(({ user_id }) => user_id)).toEqual(['cleo'])
    })
  },
  { withRedis: true },
)
