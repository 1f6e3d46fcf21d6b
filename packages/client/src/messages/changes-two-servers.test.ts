import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from '../../../server/tests/support/two-servers.ts'
import { openClient, until } from '../testing/chat.ts'
import type { LiveStream } from './live-stream.ts'

function hold(url: string, user_id: string) {
  const client = openClient(url, user_id)
  onTestFinished(client.connect())
  const room = client.rooms.messages('r')
  onTestFinished(room.retain())
  return { client, room }
}

/** What everybody should see alike. */
const shownIn = (room: LiveStream) =>
  room.getSnapshot().messages.map(({ message, status }) => ({ message, status }))

const rowOf = (room: LiveStream, text: string) => {
  const row = room.getSnapshot().messages.find(({ message }) => message.message_data === text)
  if (!row) throw new Error(`${text} is not shown`)
  return row
}

describeTwoServers(
  'changes of messages at two servers on one MongoDB',
  ({ newUrl, open }) => {
    it('[CW3, CW4] are shown alike at both, also over cuts', async () => {
      const [east, west] = await open(newUrl(), 20_000)
      const link = await openLink(east.url)
      const { client: ann, room: annRoom } = hold(link.url, 'ann')
      const { room: bobRoom } = hold(west.url, 'bob')
      await Promise.all([annRoom, bobRoom].map((room) => until(room, ({ sync }) => sync === 'live')))
      await annRoom.send('first')
      await annRoom.send('second', { replyTo: rowOf(annRoom, 'first') })
      await until(bobRoom, ({ messages }) => messages.length === 2)

      await Promise.all([
        annRoom.react(rowOf(annRoom, 'first'), '👍'),
        bobRoom.react(rowOf(bobRoom, 'first'), '👍'),
        annRoom.edit(rowOf(annRoom, 'second'), 'second, edited'),
      ])
      await until(annRoom, ({ messages }) => messages[0]?.reactions[0]?.count === 2)
      await until(bobRoom, ({ messages }) => messages[0]?.reactions[0]?.count === 2)
      await until(bobRoom, ({ messages }) => messages[1]?.message.message_data === 'second, edited')

      link.cut()
      await until(ann.connection, ({ status }) => status === 'offline')
      const offline = [
        annRoom.unreact(rowOf(annRoom, 'first'), '👍'),
        annRoom.react(rowOf(annRoom, 'second, edited'), '🎉'),
      ]
      await bobRoom.react(rowOf(bobRoom, 'second, edited'), '🎉')
      expect(rowOf(annRoom, 'first')).toMatchObject({
        status: 'changing',
        reactions: [{ count: 1, isOwn: false }],
      })
      link.mend()
      await Promise.all(offline)
      const removing = annRoom.remove(rowOf(annRoom, 'first'))
      await removing
      for (const room of [annRoom, bobRoom]) {
        await until(room, ({ messages }) => messages[0]?.message.kind === 'removed')
        await until(room, ({ messages }) => messages[1]?.reactions[0]?.count === 2)
      }
      expect(shownIn(annRoom)).toEqual(shownIn(bobRoom))
      expect(annRoom.getSnapshot().messages[1]?.message.quote).toBeUndefined()
      await expect(bobRoom.edit(rowOf(bobRoom, 'second, edited'), 'mine')).rejects.toMatchObject({
        request: 'edit_message',
      })
      expect(rowOf(bobRoom, 'second, edited')).toMatchObject({ status: 'refused' })
    })
  },
  { withRedis: true },
)
