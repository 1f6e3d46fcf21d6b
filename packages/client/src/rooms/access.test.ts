import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import { openChat, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await client.ready()
  return client
}

async function live<Stream extends Pick<LiveStream, 'retain' | 'getSnapshot'>>(
  stream: Stream,
): Promise<Stream> {
  onTestFinished(stream.retain())
  await expect.poll(() => stream.getSnapshot().sync).toBe('live')
  return stream
}

const texts = (stream: LiveStream) => textsOf(stream.getSnapshot().messages)

/** Ann's room, and a message of it that is pinned and has a thread. */
async function openRoom(...members: string[]) {
  const { client } = await openChat()
  const ann = await online(client('ann'))
  const { _id: room } = await ann.rooms.create({ kind: 'members', members })
  const messages = await live(ann.rooms.messages(room))
  const message = await messages.send('hello')
  await messages.pin(message)
  const thread = await live(ann.threads.messages(message))
  await thread.send('first')
  return { client, ann, room, messages, message, thread }
}

/** What else somebody follows of a room. */
function beside({ rooms, presence }: ChatClient, room: string) {
  return [rooms.pinned(room), rooms.receipts(room), presence.room(room)] as const
}

it('[CW30] clears a thread for whoever is removed from its room, and joins it again once they are back', async () => {
  const { client, ann, room, message, thread } = await openRoom('ben')
  const ben = await online(client('ben'))
  // One that is opened by its id alone does not know of its room.
  const threads = [ben.threads.messages(message), (await online(client('ben'))).threads.messages(message._id)]
  for (const one of threads) {
    await live(one)
    await expect.poll(() => texts(one)).toEqual(['first'])
  }
  await ann.rooms.removeMembers(room, ['ben'])
  for (const one of threads) {
    const { messages, error } = await until(one, ({ status }) => status === 'error')
    expect([messages, error?.code]).toEqual([[], 'not_found'])
  }
  await thread.send('without ben')
  await ann.rooms.addMembers(room, ['ben'])
  for (const one of threads) await expect.poll(() => texts(one)).toEqual(['first', 'without ben'])
  await thread.send('with ben')
  for (const one of threads) await expect.poll(() => texts(one)).toEqual(['first', 'without ben', 'with ben'])
})

it('[CW30] an admin goes on with a thread of an open room that is closed', async () => {
  const { client } = await openChat()
  const [ben, admin] = [await online(client('ben')), await online(client('adm', { role: 'admin' }))]
  const room = await live(admin.rooms.messages('lobby'))
  const message = await ben.rooms.messages('lobby').send('hello')
  await ben.threads.messages(message).send('first')
  const thread = await live(admin.threads.messages(message))
  await expect.poll(() => texts(thread)).toEqual(['first'])
  await admin.rooms.close('lobby')
  await expect.poll(() => room.getSnapshot().sync).toBe('live')
  await (await online(client('adm', { role: 'admin' }))).threads.messages(message).send('second')
  await expect.poll(() => texts(thread)).toEqual(['first', 'second'])
})

it('[TH2] shows pinned messages, receipts and who is there once the user comes into the room', async () => {
  const { client, ann, room } = await openRoom()
  const cat = await online(client('cat'))
  const all = beside(cat, room)
  for (const one of all) {
    onTestFinished(one.retain())
    await expect.poll(() => one.getSnapshot().error).toMatchObject({ code: 'not_found' })
  }
  await ann.rooms.addMembers(room, ['cat'])
  for (const one of all) await expect.poll(() => one.getSnapshot().status).toBe('ready')
})

it('[CW32] takes pinned messages, receipts and who is there from whoever is removed, until they are back', async () => {
  const { client, ann, room, messages } = await openRoom('ben')
  const ben = await online(client('ben'))
  const all = beside(ben, room)
  for (const one of all) {
    onTestFinished(one.retain())
    await expect.poll(() => one.getSnapshot().status).toBe('ready')
  }
  await ann.rooms.removeMembers(room, ['ben'])
  for (const one of all)
    await expect.poll(() => one.getSnapshot()).toMatchObject({ data: null, error: { code: 'not_found' } })
  await messages.pin(await messages.send('pinned meanwhile'))
  await ann.rooms.addMembers(room, ['ben'])
  for (const one of all) await expect.poll(() => one.getSnapshot().status).toBe('ready')
  expect(all[0].getSnapshot().data?.map(({ message_data }) => message_data)).toEqual([
    'pinned meanwhile',
    'hello',
  ])
})
