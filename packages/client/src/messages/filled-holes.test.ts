import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { createChatClient } from '../client.ts'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { authOf, openChat, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'

const isLive = ({ status, sync }: { status: string; sync: string }) => status === 'ready' && sync === 'live'

/** A room that two hold. Ann's link loses what the test says, and the server soon says where her streams end. */
async function openRoom() {
  const workspace = { id: 'demo', keys: ['demo-key'], customersMeet: 'anybody', search: true } as const
  const { server, client } = await openChat({ limits: { headsMs: 500 }, workspaces: [workspace] })
  const link = await openLink(server.url)
  const ann = createChatClient({ url: link.url, auth: authOf('ann'), transports: ['websocket'] })
  onTestFinished(() => ann.close())
  const bob = client('bob', { role: 'admin' })
  for (const one of [ann, bob]) onTestFinished(one.connect())
  const [room, his] = [ann.rooms.messages('lobby'), bob.rooms.messages('lobby')]
  for (const one of [room, his]) {
    onTestFinished(one.retain())
    await until(one, isLive)
  }
  const [first, second] = [await his.send('Invoice 1'), await his.send('Invoice 2')]
  await until(room, ({ messages }) => messages.length === 2)
  /** Loses the push of what bob does. */
  async function lose(text: string, act: () => Promise<unknown>): Promise<void> {
    const isLost = link.lose(text)
    await act()
    await isLost
  }
  return { ann, room, his, bob, first, second, lose }
}

it('[CW32] pinned messages are those of the server after a hole was filled', async () => {
  const { ann, his, first, second, lose } = await openRoom()
  const pinned = ann.rooms.pinned('lobby')
  onTestFinished(pinned.retain())
  await until(pinned, isLive)
  const shown = () => pinned.getSnapshot().data?.map(({ message_data }) => message_data)
  await lose('"pinned"', () => his.pin(first))
  await expect.poll(shown).toEqual(['Invoice 1'])
  await his.pin(second)
  await expect.poll(shown).toEqual(['Invoice 2', 'Invoice 1'])
  await lose('"deletion"', () => his.remove(first))
  await expect.poll(shown).toEqual(['Invoice 2'])
})

it('[CW32] pinned messages are loaded again with another history of the room', async () => {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const message = fixtures.message({ stream: 'room:lobby', author: 'bob', message_data: 'Invoice 1' })
  fake.receive(message)
  const pinned = fake.rooms.pinned('lobby')
  onTestFinished(pinned.retain())
  await until(pinned, isLive)
  await until(fake.rooms.messages('lobby'), isLive)
  fake.answer('get_pinned_messages', () => ({ messages: [message] }))
  const head = { seq: 1, nth: 1, id: 'another' }
  const other = { stream: 'room:lobby', epoch: 'another', head }
  const page = { ...other, first_seq: 1, entries: [], more: false, reset: { reason: 'epoch' as const } }
  fake.answer('join', () => page)
  fake.push('heads', { heads: [other] })
  await until(pinned, ({ data }) => data?.length === 1)
})

it('[CW30] an empty thread is joined also where its beginning has come with a hole that was filled', async () => {
  const { ann, bob, first, lose } = await openRoom()
  const thread = ann.threads.messages(first)
  onTestFinished(thread.retain())
  await until(thread, isLive)
  await lose('"thread_started"', () => bob.threads.messages(first).send('I agree'))
  await until(thread, ({ messages }) => textsOf(messages).includes('I agree'))
})

it('[UP20] a message whose removal has come with a hole that was filled is found no more', async () => {
  const { ann, his, first, lose } = await openRoom()
  const found = ann.search({ text: 'invoice', rooms: ['lobby'] })
  onTestFinished(found.retain())
  // It finds them a moment later.
  await expect.poll(() => found.reload().then(() => found.getSnapshot().items.length)).toBe(2)
  await lose('"deletion"', () => his.remove(first))
  await expect.poll(() => found.getSnapshot().items.length).toBe(1)
})
