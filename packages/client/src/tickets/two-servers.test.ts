import { expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../server/tests/support/free-port.ts'
import { describeTwoServers } from '../../../server/tests/support/two-servers.ts'
import type { ChatClient } from '../client.ts'
import type { LiveList } from '../live/live-list.ts'
import { openClient, until } from '../testing/chat.ts'

async function connected(url: string, user_id: string, role: 'customer' | 'admin'): Promise<ChatClient> {
  const client = openClient(url, user_id, { role })
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

async function hold<Item>(list: LiveList<Item>): Promise<LiveList<Item>> {
  onTestFinished(list.retain())
  await until(list, ({ sync }) => sync === 'live')
  return list
}

const idsOf = (items: readonly { readonly _id: string }[]) => items.map(({ _id }) => _id)

describeTwoServers(
  'clients of two servers on one MongoDB',
  ({ newUrl, openOne }) => {
    it('[NX10] keep lists and single things live that are changed at the other server', async () => {
      const database = newUrl()
      // Where west comes back.
      const port = await freePort()
      const [east, west] = [await openOne(database, 20_000), await openOne(database, 20_000, { port })]
      const [root, desk] = [
        await connected(east.url, 'root', 'admin'),
        await connected(west.url, 'mia', 'admin'),
      ]
      const [ann, ben] = [
        await connected(east.url, 'ann', 'customer'),
        await connected(west.url, 'ben', 'customer'),
      ]
      const open = await hold(desk.tickets.list({ is_closed: false }))
      const topics = await hold(desk.topics.list())
      const rooms = await hold(ben.rooms.list())

      await root.topics.create({ name: 'billing' })
      const ticket = await ann.tickets.create({ product: 'billing' })
      await until(open, ({ items }) => idsOf(items).includes(ticket._id))
      await until(topics, ({ items }) => items.some(({ name }) => name === 'billing'))
      const single = desk.tickets.get(ticket._id)
      onTestFinished(single.retain())
      await until(single, ({ status }) => status === 'ready')

      await root.tickets.close(ticket._id)
      await until(single, (state) => state.status === 'ready' && state.data.is_closed)
      await until(open, ({ items }) => items.length === 0)

      const room = await ann.rooms.create({ kind: 'members', title: 'one', members: ['ben'] })
      await until(rooms, ({ items }) => items[0]?.title === 'one')
      await ann.rooms.update(room._id, { title: 'two' })
      await until(rooms, ({ items }) => items[0]?.title === 'two')
      await ann.rooms.removeMembers(room._id, ['ben'])
      await until(rooms, ({ items }) => items.length === 0)

      // What has changed while its own server starts again is there once the client is back.
      await west.close()
      const later = await ann.tickets.create({ product: 'billing' })
      await openOne(database, 20_000, { port })
      await until(open, ({ items, sync }) => sync === 'live' && idsOf(items).includes(later._id))
      expect(idsOf(open.getSnapshot().items)).toEqual([later._id])
    })
  },
  { withRedis: true },
)
