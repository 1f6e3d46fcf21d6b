import { expect, it, onTestFinished, vi } from 'vitest'
import { describeTwoServers } from '../../../server/tests/support/two-servers.ts'
import type { ChatClient } from '../client.ts'
import { openClient, until } from '../testing/chat.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

async function online(url: string, user_id: string): Promise<ChatClient> {
  const client = openClient(url, user_id)
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

describeTwoServers(
  'search at two servers on one MongoDB',
  ({ newUrl, openOne }) => {
    it('[UP20, UP22] finds page by page what was written at the other server, and nothing after one has left', async () => {
      const database = newUrl()
      const workspaces = [{ id: 'demo', keys: ['demo-key'], customersMeet: 'anybody', search: true } as const]
      const open = () => openOne(database, 20_000, { workspaces })
      const [east, west] = [await open(), await open()]
      const [ann, ben] = [await online(east.url, 'ann'), await online(west.url, 'ben')]
      const { _id: room } = await ann.rooms.create({ kind: 'members', members: ['ben'] })
      const { _id: other } = await ann.rooms.create({ kind: 'members', members: ['cat'] })
      const write = (name: string, n: number) => ann.rooms.messages(name).send(`Rechnung für März ${n}`)
      await Promise.all(Array.from({ length: 70 }, (_, n) => write(room, n)))
      await write(other, 70)

      const found = ben.search({ text: 'marz rech' })
      onTestFinished(found.retain())
      const texts = () => found.getSnapshot().items.map(({ excerpt }) => excerpt)
      await expect
        .poll(
          async () => {
            await found.reload()
            while (found.getSnapshot().items.length < 70 && (await found.loadMore()));
            return texts().length
          },
          { timeout: 30_000 },
        )
        .toBe(70)
      const [first] = found.getSnapshot().items
      expect(first?.excerpt).toBe('Rechnung für März 69')
      expect(first?.matches.map(({ start, end }) => first.excerpt.slice(start, end))).toEqual([
        'Rechnung',
        'März',
      ])
      expect(found.getSnapshot()).toMatchObject({ hasMore: false, sync: 'live' })
      const stream = ben.rooms.messages(room)
      const letGo = stream.retain()
      const row = await stream.jumpTo(first?.message.nth ?? 0)
      letGo()
      expect(row?.message._id).toBe(first?.message._id)

      await ben.rooms.leave(room)
      await found.reload()
      expect(found.getSnapshot()).toMatchObject({ status: 'ready', items: [] })
      const named = ben.search({ text: 'rech', rooms: [other] })
      onTestFinished(named.retain())
      expect((await until(named, ({ status }) => status === 'error')).error).toMatchObject({
        code: 'not_found',
      })
    })
  },
  { withRedis: true },
)
