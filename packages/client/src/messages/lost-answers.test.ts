import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, openChat, until } from '../testing/chat.ts'

/** A message that the server has stored, of a client that is offline and does not know it. */
async function openUnanswered() {
  const { server, client } = await openChat()
  const link = await openLink(server.url)
  const ann = createChatClient({ url: link.url, auth: authOf('ann') })
  onTestFinished(() => ann.close())
  const [room, read] = [ann, client('reader')].map((one) => {
    onTestFinished(one.connect())
    const stream = one.rooms.messages('r')
    onTestFinished(stream.retain())
    return stream
  })
  if (!room || !read) throw new Error('There are two clients')
  for (const stream of [room, read]) await until(stream, ({ sync }) => sync === 'live')
  // The answer and the entry.
  const lost = [link.lose('"message_data"'), link.lose('"message_data"')]
  const sending = room.send('teh')
  await Promise.all(lost)
  link.cut()
  const { messages } = await until(room, (state) => state.messages[0]?.discard != null)
  const [row] = messages
  if (!row) throw new Error('Nothing is shown')
  await until(read, (state) => state.messages.length === 1)
  return { link, room, read, row, sending }
}

it('[CW4] removes a message whose answer was lost once it is known to be stored', async () => {
  const { link, room, read, row, sending } = await openUnanswered()
  const removing = room.remove(row)
  await until(room, ({ messages }) => messages[0]?.message.kind === 'removed')
  link.mend()
  expect(await removing).toMatchObject({ cid: row.key, kind: 'removed' })
  expect(await sending).toMatchObject({ cid: row.key })
  const { messages } = await until(read, (state) => state.messages[0]?.message.kind === 'removed')
  expect(messages).toHaveLength(1)
})

it('[CW4] edits a message whose answer was lost once it is known to be stored', async () => {
  const { link, room, read, row } = await openUnanswered()
  const editing = room.edit(row, 'the')
  link.mend()
  expect(await editing).toMatchObject({ cid: row.key, message_data: 'the' })
  await until(read, ({ messages }) => messages[0]?.message.message_data === 'the')
})
