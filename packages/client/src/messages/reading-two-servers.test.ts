import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from '../../../server/tests/support/two-servers.ts'
import type { ChatClient } from '../client.ts'
import { openClient, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'
import type { LiveStream } from './live-stream.ts'

async function online(url: string, user_id: string): Promise<ChatClient> {
  const client = openClient(url, user_id)
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

async function hold(stream: LiveStream): Promise<LiveStream> {
  onTestFinished(stream.retain())
  await until(stream, ({ sync }) => sync === 'live')
  return stream
}

const nths = (room: LiveStream) => room.getSnapshot().messages.map(({ message }) => message.nth ?? 0)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

describeTwoServers(
  'reading at two servers on one MongoDB',
  ({ newUrl, open }) => {
    it('[CW10, CW20, CW23] finds the first unread message, any other and the end, and marks for all devices', async () => {
      const [east, west] = await open(newUrl(), 20_000)
      const [ann, bob] = [await online(east.url, 'ann'), await online(west.url, 'bob')]
      const { _id: name } = await bob.rooms.create({ kind: 'members', members: ['ann'] })
      const writer = bob.rooms.messages(name)
      await Promise.all(range(1, 400).map((n) => writer.send(`message ${n}`)))

      const [room, phone] = [
        await hold(ann.rooms.messages(name)),
        await hold((await online(west.url, 'ann')).rooms.messages(name)),
      ]
      await until(room, ({ firstUnread }) => firstUnread === 1)
      expect(room.getSnapshot().unread).toBe(400)
      expect((await room.jumpTo('unread'))?.message.message_data).toBe('message 1')
      expect(room.getSnapshot()).toMatchObject({ hasNewer: true, hasOlder: false })
      expect((await room.jumpTo(200))?.message.nth).toBe(200)
      while (await room.loadNewer());
      expect(nths(room)).toEqual(range(nths(room)[0] ?? 0, 400))
      await writer.send('message 401')
      await until(room, ({ messages }) => messages.at(-1)?.message.nth === 401)

      room.markRead()
      await until(phone, ({ unread }) => unread === 0)
      expect(phone.getSnapshot().firstUnread).toBe(1)
      const last = phone.getSnapshot().messages.at(-2)
      if (!last) throw new Error('Nothing is shown')
      await phone.markUnread(last)
      await until(room, ({ unread }) => unread === 2)
    })

    it('[CW30, CW31] makes a thread with its first message, which the other server’s people see', async () => {
      const [east, west] = await open(newUrl(), 20_000)
      const [ann, bob] = [await online(east.url, 'ann'), await online(west.url, 'bob')]
      const [annRoom, bobRoom] = [await hold(ann.rooms.messages('r')), await hold(bob.rooms.messages('r'))]
      await bobRoom.send('Lunch?')
      const row = async (room: LiveStream) => {
        const { messages } = await until(room, (state) => state.messages[0]?.delivery === 'sent')
        if (!messages[0]) throw new Error('Nothing is shown')
        return messages[0]
      }
      const bobThread = await hold(bob.threads.messages(await row(bobRoom)))
      expect(bobThread.getSnapshot()).toMatchObject({ status: 'ready', messages: [] })
      const annThread = await hold(ann.threads.messages(await row(annRoom)))
      await annThread.send('Yes')
      await until(bobThread, ({ messages }) => messages.length === 1)
      await bobThread.send('At 12')
      await until(annThread, ({ messages }) => messages.length === 2)
      expect(textsOf(annThread.getSnapshot().messages)).toEqual(['Yes', 'At 12'])
      expect(bobThread.getSnapshot().reset).toBeNull()
      await until(bobRoom, ({ messages }) => messages[0]?.message.has_thread === true)
      const info = bob.threads.info(await row(bobRoom))
      onTestFinished(info.retain())
      const { data } = await until(info, ({ data }) => data?.count === 2)
      expect(data?.last_authors).toEqual(['bob', 'ann'])
      await annThread.react(annThread.getSnapshot().messages[1] as never, '👍')
      await until(bobThread, ({ messages }) => messages[1]?.reactions.length === 1)
      await annThread.send('Fine')
      await until(info, ({ data }) => data?.count === 3)
    })
  },
  { withRedis: true },
)
