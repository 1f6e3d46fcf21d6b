import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import type { StreamState } from '../messages/stream-state.ts'
import { openChat, openClient, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'

const texts = ({ messages }: StreamState): string[] => textsOf(messages)

function hold(client: ChatClient, room: string) {
  onTestFinished(client.connect())
  const stream = client.rooms.messages(room)
  onTestFinished(stream.retain())
  return stream
}

it('shows a message at once, and as sent when the server has it, to both', async () => {
  const { client } = await openChat()
  const [ann, bob] = [hold(client('ann'), 'r'), hold(client('bob'), 'r')]
  await until(ann, ({ status }) => status === 'ready')
  await until(bob, ({ sync }) => sync === 'live')

  const sending = ann.send('hello')
  expect(ann.getSnapshot().messages).toMatchObject([
    { message: { message_data: 'hello' }, delivery: 'sending', isOwn: true },
  ])
  const message = await sending
  const [own] = (await until(ann, ({ messages }) => messages[0]?.message !== null)).messages
  expect(own).toMatchObject({ delivery: 'sent', isOwn: true, message: { _id: message._id } })
  const [others] = (await until(bob, ({ messages }) => messages.length === 1)).messages
  expect(others).toMatchObject({ delivery: 'sent', isOwn: false, message: { _id: message._id } })
})

it('[NA6] is one for all names that look the same', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  expect(ann.rooms.messages(' cafe\u0301\u2800')).toBe(ann.rooms.messages('caf\u00e9'))
  const room = hold(ann, ' cafe\u0301\u00ad ')
  await until(room, ({ status }) => status === 'ready')
  expect((await room.send('hello')).stream).toBe('room:caf\u00e9')
})

it('keeps each row the same object until it changes', async () => {
  const { client } = await openChat()
  const ann = hold(client('ann'), 'r')
  await until(ann, ({ sync }) => sync === 'live')
  await ann.send('one')
  const [before] = (await until(ann, ({ messages }) => messages[0]?.message !== null)).messages
  await ann.send('two')
  const after = await until(ann, ({ messages }) => messages.length === 2)
  expect(after.messages[0]).toBe(before)
})

it('loads older messages until there are none', async () => {
  const { client } = await openChat()
  const writer = client('writer')
  onTestFinished(writer.connect())
  await until(writer.connection, ({ status }) => status === 'online')
  const all = Array.from({ length: 120 }, (_, n) => `${n}`)
  for (const text of all) await writer.rooms.messages('r').send(text)

  const ann = hold(client('ann'), 'r')
  await until(ann, ({ status }) => status === 'ready')
  expect(texts(ann.getSnapshot())).toEqual(all.slice(-50))
  expect(await ann.loadOlder()).toBe(true)
  expect(await ann.loadOlder()).toBe(false)
  expect(await ann.loadOlder()).toBe(false)
  expect(texts(ann.getSnapshot())).toEqual(all)
})

it('is complete after a cut of its own connection, however much it missed', async () => {
  const { server, client } = await openChat()
  const link = await openLink(server.url)
  const ann = hold(openClient(link.url, 'ann'), 'r')
  const writer = client('writer')
  onTestFinished(writer.connect())
  await until(ann, ({ sync }) => sync === 'live')
  await writer.rooms.messages('r').send('before')
  await until(ann, ({ messages }) => messages.length === 1)

  link.cut()
  const offline = await until(ann, ({ sync }) => sync === 'offline')
  expect([offline.status, texts(offline)]).toEqual(['ready', ['before']])
  const missed = Array.from({ length: 450 }, (_, n) => `missed ${n}`)
  await Promise.all(missed.map((text) => writer.rooms.messages('r').send(text)))
  link.mend()

  const { messages } = await until(ann, ({ sync, messages: { length } }) => sync === 'live' && length >= 451)
  expect(messages.map(({ message }) => message?.seq)).toEqual(Array.from({ length: 451 }, (_, n) => n + 1))
})

it('leaves the room, and everything else, when nobody holds it any more', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  const release = ann.connect()
  const room = ann.rooms.messages('r')
  const leave = room.retain()
  await until(room, ({ sync }) => sync === 'live')
  const bob = hold(client('bob'), 'r')
  await until(bob, ({ sync }) => sync === 'live')
  leave()
  await until(room, ({ sync }) => sync === 'offline')
  await bob.send('after').then(() => until(bob, ({ messages }) => messages.length === 1))
  await ann.request.get_all_topics({})
  expect(room.getSnapshot()).toMatchObject({ sync: 'offline', messages: [] })
  release()
  await until(ann.connection, ({ status }) => status === 'idle')
})
