import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { openChat, until } from '../testing/chat.ts'
import { uuid } from '../uuid.ts'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

it('[MO18] reports messages and people once, and keeps the admins’ lists current', async () => {
  const { client } = await openChat()
  const [ann, ben] = [await online(client('ann')), await online(client('ben'))]
  const root = await online(client('root', { role: 'admin' }))
  const [all, open] = [root.reports.list(), root.reports.list({ is_resolved: false })]
  for (const { retain } of [all, open]) onTestFinished(retain())
  await until(open, ({ sync }) => sync === 'live')
  await ben.rooms.messages('lobby').send('You fool')
  const lobby = ann.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  const { messages } = await until(lobby, (state) => state.messages.length === 1)
  const [row] = messages
  if (!row) throw new Error('There is a message')
  const cid = uuid()
  for (const _ of [1, 2]) await ann.reports.report(row, 'Insults', cid)
  await ann.reports.report({ user_id: 'ben' }, 'Spam')
  const { items } = await until(open, (state) => state.items.length === 2)
  expect(items.map(({ reason, message }) => [reason, message?.message_data])).toEqual([
    ['Spam', undefined],
    ['Insults', 'You fool'],
  ])
  await root.reports.resolve(items[1]?._id ?? '', 'Warned')
  await until(open, (state) => state.items.length === 1)
  await until(all, (state) => state.items[1]?.resolution === 'Warned')
  const theirs = ann.reports.list()
  onTestFinished(theirs.retain())
  await until(theirs, ({ error }) => error?.code === 'forbidden')
  const idle = client('carl')
  void idle.rooms.messages('lobby').send('x')
  const [unsent] = idle.rooms.messages('lobby').getSnapshot().messages
  if (!unsent) throw new Error('A message that waits is shown')
  await expect(ann.reports.report(unsent, 'x')).rejects.toMatchObject({ code: 'not_found' })
})
