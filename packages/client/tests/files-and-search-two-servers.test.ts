import { folderAttachments } from '@dowellchat/server'
import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from '../../server/tests/support/two-servers.ts'
import type { ChatClient } from '../src/client.ts'
import { openClient, until } from '../src/testing/chat.ts'
import { newFolder, sizesIn } from '../src/testing/kept-files.ts'

async function online(
  url: string,
  user_id: string,
  role: 'customer' | 'admin' = 'customer',
): Promise<ChatClient> {
  const client = openClient(url, user_id, { role })
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

const file = (name: string) => new File([`bytes of ${name}`], name, { type: 'text/plain' })
const textAt = async (url: string) => (await fetch(url)).text()

describeTwoServers(
  'files and search of clients at two servers on one MongoDB',
  ({ newUrl, openOne }) => {
    it('[UP1] takes files with messages of rooms, tickets and threads, and fetches them from the other server', async () => {
      const [database, folder] = [newUrl(), await newFolder()]
      const open = () => openOne(database, 20_000, { attachments: folderAttachments({ folder }) })
      const [east, west] = [await open(), await open()]
      const [ann, ben] = [await online(east.url, 'ann'), await online(west.url, 'ben')]
      const root = await online(west.url, 'root', 'admin')
      const upload = (name: string) => ann.attachments.upload(file(name))

      const sent = await ann.rooms
        .messages('lobby')
        .send('', { attachments: [await upload('1'), await upload('2')] })
      const room = ben.rooms.messages('lobby')
      onTestFinished(room.retain())
      const { messages } = await until(room, (state) => state.messages.length === 1)
      const [row] = messages
      if (!row) throw new Error('There is a message')
      const urls = await Promise.all(
        (row.message.attachments ?? []).map((one) => ben.attachments.url(row, one)),
      )
      expect(urls.every((url) => url.startsWith(west.url))).toBe(true)
      expect(await Promise.all(urls.map(textAt))).toEqual(['bytes of 1', 'bytes of 2'])

      const inThread = await ann.threads.messages(sent).send('More', { attachments: [await upload('3')] })
      const shown = ben.attachments.urlOf(
        inThread,
        inThread.attachments?.[0] ?? ({ ...sent, upload_id: '' } as never),
      )
      onTestFinished(shown.retain())
      expect(await textAt((await until(shown, ({ sync }) => sync === 'live')).data ?? '')).toBe('bytes of 3')

      await root.topics.create({ name: 'billing' })
      const ticket = await ann.tickets.create({ product: 'billing' })
      const asked = await ann.tickets.messages(ticket._id).send('', { attachments: [await upload('4')] })
      const [attachment] = asked.attachments ?? []
      if (!attachment) throw new Error('It has a file')
      expect(await textAt(await root.attachments.url(asked, attachment))).toBe('bytes of 4')
      await expect(ben.attachments.url(asked, attachment)).rejects.toMatchObject({ code: 'not_found' })

      // Gone with its message, and with what was never sent.
      await ann.rooms.messages('lobby').remove(sent)
      const pending = ann.attachments.pending()
      onTestFinished(pending.retain())
      pending.add([file('5')])
      const { attachments } = await until(pending, (state) => state.attachments.length === 1 && state.isReady)
      pending.remove(attachments[0]?.id ?? '')
      await expect.poll(() => sizesIn(folder).then(({ length }) => length)).toBe(2)
    })

    it('[UP15] says that a server without files has none', async () => {
      const plain = await openOne(newUrl(), 20_000)
      const ann = await online(plain.url, 'ann')
      const pending = ann.attachments.pending()
      onTestFinished(pending.retain())
      pending.add([file('1')])
      const { attachments, canAttach } = await until(
        pending,
        (state) => state.attachments[0]?.status === 'failed',
      )
      expect(canAttach).toBe(false)
      expect(attachments).toMatchObject([
        { error: { code: 'forbidden', message: 'This server keeps no files' } },
      ])
    })

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
