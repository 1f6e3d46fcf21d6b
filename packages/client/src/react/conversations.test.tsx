import { expect, it } from 'vitest'
import { openChat } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'
import { skip } from './skip.ts'
import { mountHook } from './testing/mount.tsx'
import { useMessages } from './use-messages.ts'
import { useSendMessage } from './use-send-message.ts'
import { useTicketMessages } from './use-ticket-messages.ts'
import { useTopics } from './use-topics.ts'

it('shows a room to two people, each message once, in one order', async () => {
  const { client } = await openChat()
  const ann = mountHook(client('ann'), () => useMessages('lobby'))
  const bob = mountHook(client('bob'), () => useMessages('lobby'))
  await expect.poll(() => [ann.answer?.sync, bob.answer?.sync]).toEqual(['live', 'live'])
  await Promise.all([ann.answer?.send('Hello'), bob.answer?.send('Hi')])
  await expect.poll(() => ann.answer?.messages.length).toBe(2)
  await expect.poll(() => textsOf(bob.answer?.messages)).toEqual(textsOf(ann.answer?.messages))
  expect(ann.answer?.messages.map(({ isOwn, message }) => [isOwn, message.message_data])).toContainEqual([
    true,
    'Hello',
  ])
})

it('shows one’s own message at once, and that it is sent when it is', async () => {
  const { client } = await openChat()
  const ann = mountHook(client('ann'), () => useMessages('lobby'))
  await expect.poll(() => ann.answer?.sync).toBe('live')
  await ann.answer?.send('Hello')
  const deliveries = () => ann.answers.map(({ messages }) => messages.map(({ delivery }) => delivery).join())
  await expect.poll(() => [...new Set(deliveries())]).toEqual(['', 'sending', 'sent'])
})

it('loads older messages in front', async () => {
  const { client } = await openChat()
  const writer = client('ann')
  writer.connect()
  const room = writer.rooms.messages('lobby')
  await expect.poll(() => writer.connection.getSnapshot().status).toBe('online')
  for (let n = 1; n <= 60; n += 1) await room.send(String(n))
  const bob = mountHook(client('bob'), () => useMessages('lobby'))
  await expect.poll(() => bob.answer?.messages.length).toBe(50)
  expect(bob.answer?.hasOlder).toBe(true)
  expect(await bob.answer?.loadOlder()).toBe(false)
  await expect
    .poll(() => textsOf(bob.answer?.messages))
    .toEqual(Array.from({ length: 60 }, (_, at) => String(at + 1)))
})

it('refuses a message that is too long, with words, and shows no row that can never be sent', async () => {
  const { client } = await openChat()
  const ann = mountHook(client('ann'), () => useMessages('lobby'))
  await expect.poll(() => ann.answer?.sync).toBe('live')
  const text = 'x'.repeat(17_000)
  // Ignored, as a page does: nothing may end as an unhandled rejection.
  void ann.answer?.send(text)
  const failure = await ann.answer?.send(text).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'invalid_payload', message: expect.stringContaining('16000') })
  expect(ann.answer?.messages).toEqual([])
})

it('sends from a component that shows nothing', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  const shown = mountHook(ann, () => useMessages('lobby'))
  const composer = mountHook(ann, () => useSendMessage('lobby'))
  await expect.poll(() => shown.answer?.sync).toBe('live')
  await composer.answer?.send('Hello')
  await expect.poll(() => textsOf(shown.answer?.messages)).toEqual(['Hello'])
  expect(composer.renders).toBe(1)
})

it('asks for nothing when it is given skip, and begins when it is given a room', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  const rooms: (string | typeof skip)[] = [skip]
  const hook = mountHook(ann, () => {
    const room = rooms[0] ?? skip
    return [useMessages(room), useSendMessage(room)] as const
  })
  await expect.poll(() => ann.connection.getSnapshot().status).toBe('online')
  expect(hook.answer?.[0]).toMatchObject({ status: 'skipped', messages: [] })
  for (const at of [0, 1] as const) await expect(hook.answer?.[at].send('Hello')).rejects.toThrow(TypeError)
  rooms[0] = 'skip'
  hook.renderAgain()
  await expect.poll(() => hook.answer?.[0]).toMatchObject({ status: 'ready' })
  await hook.answer?.[1].send('Hello')
  await expect.poll(() => textsOf(hook.answer?.[0].messages)).toEqual(['Hello'])
})

it('is ready and offline, not loading, when the server is gone', async () => {
  const { server, client } = await openChat()
  const ann = mountHook(client('ann'), () => useMessages('lobby'))
  await expect.poll(() => ann.answer?.sync).toBe('live')
  await ann.answer?.send('Hello')
  await server.close()
  await expect.poll(() => ann.answer?.sync).toBe('offline')
  expect(ann.answer).toMatchObject({ status: 'ready', messages: [{ message: { message_data: 'Hello' } }] })
})

it('ends in a typed error where the server refuses', async () => {
  const { client } = await openChat()
  const wrong = client('ann', { workspace_id: 'other', api_key: 'wrong' })
  const hook = mountHook(wrong, () => [useMessages('lobby'), useTopics()] as const)
  const refused = {
    status: 'error',
    sync: 'offline',
    error: { name: 'ConnectionError', code: 'unauthenticated' },
  }
  await expect.poll(() => hook.answer).toMatchObject([refused, refused])
})

it('is an error where there is no such ticket', async () => {
  const { client } = await openChat()
  const hook = mountHook(client('ann'), () => useTicketMessages('01a20e64-72ea-7efc-87b7-942b1d3f785e'))
  await expect.poll(() => hook.answer).toMatchObject({ status: 'error', error: { code: 'not_found' } })
})
