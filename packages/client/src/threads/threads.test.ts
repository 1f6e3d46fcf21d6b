import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import type { MessageRow } from '../messages/message-rows.ts'
import { openChat, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'

/** A room of so many messages of bob's, which ann holds. */
async function openRoom(count = 1, author = 'bob') {
  const fake = createFakeClient({ user_id: 'ann', role: 'admin' })
  onTestFinished(() => fake.close())
  for (let n = 0; n < count; n++) fake.receive(fixtures.message({ stream: 'room:r', author }))
  const room = fake.rooms.messages('r')
  onTestFinished(room.retain())
  await until(room, ({ sync, messages }) => sync === 'live' && messages.length === count)
  const row = (at = 0): MessageRow => {
    const found = room.getSnapshot().messages[at]
    if (!found) throw new Error(`There is no message ${at}`)
    return found
  }
  const asked = (name: string) =>
    fake.requests.filter((one) => one.name === name).map(({ payload }) => payload)
  return { fake, room, row, asked }
}

it('[CW30] shows a thread that is not there as an empty one, and makes it with its first message', async () => {
  const { fake, room, row, asked } = await openRoom()
  fake.fail('join_thread', 'not_found')
  const thread = fake.threads.messages(row())
  expect(fake.threads.messages(row())).toBe(thread)
  onTestFinished(thread.retain())
  await until(thread, ({ sync }) => sync === 'live')
  expect(thread.getSnapshot()).toMatchObject({ status: 'ready', messages: [], hasOlder: false, reset: null })
  expect(asked('start_thread')).toEqual([])

  fake.succeed('join_thread')
  const sent = await thread.send('I agree')
  expect(sent.stream).toBe(`thread:${row().message._id}`)
  expect(asked('start_thread')).toHaveLength(1)
  await until(room, () => row().message.has_thread === true)
  await until(thread, ({ messages, sync }) => messages.length === 1 && sync === 'live')
  await thread.send('And so do I')
  await until(thread, ({ messages }) => messages.length === 2)
  expect(textsOf(thread.getSnapshot().messages)).toEqual(['I agree', 'And so do I'])
  expect(thread.getSnapshot().reset).toBeNull()
  expect(asked('start_thread')).toHaveLength(1)
})

it('[CW30] joins an empty thread once somebody else has made it, and not for the threads of other messages', async () => {
  const { fake, row, asked } = await openRoom(2)
  const start = (at: number) => {
    const { stream, seq, _id } = row(at).message
    if (_id === null) throw new Error('It is not sent')
    return fake.request.start_thread({ stream, seq, message_id: _id, cid: crypto.randomUUID() })
  }
  fake.fail('join_thread', 'not_found')
  const thread = fake.threads.messages(row())
  onTestFinished(thread.retain())
  await until(thread, ({ sync }) => sync === 'live')
  await start(1)
  await expect.poll(() => row(1).message.has_thread).toBe(true)
  await fake.request.get_all_topics({})
  expect(asked('join_thread')).toHaveLength(1)
  fake.succeed('join_thread')
  await start(0)
  const stream = `thread:${row().message._id}`
  fake.receive(fixtures.message({ stream, author: 'bob', message_data: 'First' }))
  await until(thread, ({ messages }) => messages.length === 1)
  expect(thread.getSnapshot().reset).toBeNull()
})

it('[CW30] is not_found by an id that has no thread', async () => {
  const { fake } = await openRoom()
  fake.fail('join_thread', 'not_found')
  const thread = fake.threads.messages('01a20e64-72ea-7efc-87b7-942b1d3f785e')
  onTestFinished(thread.retain())
  const { error } = await until(thread, ({ status }) => status === 'error')
  expect(error).toMatchObject({ code: 'not_found' })
})

it('[CW30] joins a thread that is opened by an id alone once somebody has made it', async () => {
  const { client } = await openChat()
  const [ann, bob] = [client('ann'), client('bob')]
  for (const one of [ann, bob]) onTestFinished(one.connect())
  const room = ann.rooms.messages('r')
  onTestFinished(room.retain())
  const [first, second] = [await room.send('one'), await room.send('two')]
  const thread = ann.threads.messages(second._id)
  onTestFinished(thread.retain())
  await until(room, ({ sync }) => sync === 'live')
  await until(thread, ({ status }) => status === 'error')
  await bob.threads.messages(first).send('Of another message')
  await bob.threads.messages(second).send('Of this one')
  await until(thread, ({ messages }) => textsOf(messages).join() === 'Of this one')
})

it('[CW31] loads what is known of all threads at the same time by one request, and keeps it current', async () => {
  const { fake, room, row, asked } = await openRoom(3)
  for (const at of [0, 1]) {
    const { stream, seq, _id } = row(at).message
    if (_id === null) throw new Error('It is not sent')
    await fake.request.start_thread({ stream, seq, message_id: _id, cid: crypto.randomUUID() })
  }
  await until(room, () => row(1).message.has_thread === true)
  const infos = [0, 1, 2].map((at) => fake.threads.info(row(at)))
  for (const { retain } of infos) onTestFinished(retain())
  const states = await Promise.all(infos.map((info) => until(info, ({ sync }) => sync === 'live')))
  expect(states.map(({ data, error }) => data?.count ?? error?.code)).toEqual([0, 0, 'not_found'])
  expect(asked('get_threads')).toHaveLength(1)
  fake.receive(fixtures.message({ stream: `thread:${row(1).message._id}`, author: 'bob' }))
  const [, second] = infos
  if (!second) throw new Error('There is none')
  expect((await until(second, ({ data }) => data?.count === 1)).data).toMatchObject({ last_authors: ['bob'] })
  expect(infos[0]?.getSnapshot()).toBe(states[0])
})

it('[CW32] keeps pinned messages current: others’ pins, edits, removals', async () => {
  const { fake, row, asked } = await openRoom(4, 'ann')
  const target = (at: number) => {
    const { stream, seq, _id } = row(at).message
    if (_id === null) throw new Error('It is not sent')
    return { stream, seq, message_id: _id, cid: crypto.randomUUID() }
  }
  await fake.request.pin_message(target(0))
  const pinned = fake.rooms.pinned('r')
  onTestFinished(pinned.retain())
  const nths = () => pinned.getSnapshot().data?.map(({ nth }) => nth)
  await expect.poll(nths).toEqual([1])
  await fake.request.pin_message(target(2))
  await expect.poll(nths).toEqual([3, 1])
  await fake.request.edit_message({ ...target(0), message_data: 'new' })
  await expect.poll(() => pinned.getSnapshot().data?.[1]?.message_data).toBe('new')
  const before = pinned.getSnapshot()
  await fake.request.react({ ...target(3), reaction: '👍' })
  await fake.request.get_all_topics({})
  expect(pinned.getSnapshot()).toBe(before)
  await fake.request.delete_message(target(2))
  await expect.poll(nths).toEqual([1])
  await fake.request.unpin_message(target(0))
  await expect.poll(nths).toEqual([])
  expect(asked('get_pinned_messages')).toHaveLength(2)
})
