import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Mention, Message } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { UserStore } from '../../stores/store.ts'
import { openChat, type TestSocket } from '../../testing/connect.ts'

const at = (user_id: string, start: number, end: number): Mention => ({ user_id, start, end })
const text = '@ben @cleo @nobody'
const mentions = [at('ben', 0, 4), at('cleo', 5, 10), at('nobody', 11, 18)]

async function open() {
  const store = await embeddedStore({ path: ':memory:' })
  const chat = await openChat(onTestFinished, { store })
  const [ann, ben, cleo] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('cleo')]
  // Their rows are written soon after they connect, which is now.
  for (const socket of [ann, ben, cleo]) await socket.request('update_me', {})
  const counted = (stream: string, ...user_ids: string[]) =>
    store.streams.mentionsAfter({ workspace_id: 'demo', stream }, user_ids, 0)
  const countsOf = (stream: string) =>
    Promise.all(['ann', 'ben', 'cleo', 'nobody', 'guest:1'].map((id) => counted(stream, id)))
  return { store, chat, ann, ben, cleo, counted, countsOf }
}

function say(socket: TestSocket, room_id: string, more: object = {}): Promise<Message> {
  return socket.request('message_event', {
    room_id,
    message_data: text,
    cid: randomUUID(),
    mentions,
    ...more,
  })
}

it('[TD5] keeps the mentions of a text, whoever they name', async () => {
  const { ann, ben } = await open()
  const sent = await say(ann, 'r')
  expect(sent.mentions).toEqual(mentions)
  expect((await ben.request('join', { room: 'r' })).entries).toEqual([sent])
  expect(await say(ann, 'r', { mentions: [] })).not.toHaveProperty('mentions')
})

it('[TD5] refuses mentions that are no parts of the text, and more than 50 of them', async () => {
  const { ann } = await open()
  const wrong: [Mention[], string][] = [
    [[at('ben', 0, 99)], 'mentions.0.end: expected at most 18, the end of the text'],
    [[at('ben', 4, 4)], 'mentions.0.end: expected more than 4, its start'],
    [[at('cleo', 5, 10), at('ben', 0, 4)], 'mentions.1.start: expected 10 or more, after the one before'],
    [Array.from({ length: 51 }, () => at('ben', 0, 1)), 'mentions: expected at most 50'],
  ]
  for (const [mentions, data] of wrong) {
    const message = { room_id: 'r', message_data: text, cid: randomUUID(), mentions }
    expect(await ann.ask('message_event', message)).toMatchObject({
      data,
      error: { code: 'invalid_payload' },
    })
  }
  const message = { message_data: text, cid: randomUUID(), mentions: [at('ben', 4, 4)] }
  const plain = { message_data: 'plain', cid: randomUUID() }
  const { results } = await ann.request('send_messages', { stream: 'room:r', messages: [message, plain] })
  expect(results).toMatchObject([
    { error: { code: 'invalid_payload' } },
    { message: { message_data: 'plain' } },
  ])
})

it('[TD6] counts mentions of everybody who is known in an open room, once a message, and not of oneself', async () => {
  const { ann, countsOf } = await open()
  await say(ann, 'r')
  const twice = [at('ben', 0, 4), at('ann', 5, 10), at('ben', 11, 12), at('guest:1', 12, 18)]
  await say(ann, 'r', { mentions: twice })
  expect(await countsOf('room:r')).toEqual([0, 2, 1, 0, 1])
})

it('[TD6] counts mentions of members alone in a room with members', async () => {
  const { ann, countsOf } = await open()
  const made = { kind: 'members' as const, members: ['ben'], cid: randomUUID() }
  const { _id: room } = await ann.request('create_room', made)
  await say(ann, room)
  expect(await countsOf(`room:${room}`)).toEqual([0, 1, 0, 0, 0])
})

it('[TD6] counts no mention for somebody who has blocked the author', async () => {
  const { ann, ben, countsOf } = await open()
  await ben.request('block_user', { user_id: 'ann' })
  const sent = await say(ann, 'r')
  expect(await countsOf('room:r')).toEqual([0, 0, 1, 0, 0])
  expect(sent.mentions).toEqual(mentions)
})

it('[TD6] counts mentions of its customer and of those who are known in a ticket', async () => {
  const { chat, countsOf } = await open()
  const admin = await chat.connect('root', { role: 'admin' })
  const mia = await chat.connect('nobody')
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  const { _id: ticket_id } = await mia.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const message = { ticket_id, message_data: text, cid: randomUUID(), mentions }
  await admin.request('ticket_message_event', message)
  expect(await countsOf(`ticket:${ticket_id}`)).toEqual([0, 1, 1, 1, 0])
})

it('[TD6] counts a mention once however often it is sent, and not once the message is gone', async () => {
  const { store, ann, countsOf, counted } = await open()
  const cid = randomUUID()
  await Promise.all([say(ann, 'r', { cid }), say(ann, 'r', { cid })])
  await say(ann, 'r')
  expect(await countsOf('room:r')).toEqual([0, 2, 2, 0, 0])
  expect(await counted('room:r', 'ben', 'cleo')).toBe(2)
  const key = { workspace_id: 'demo', stream: 'room:r' }
  await store.streams.remove(key, { targets: [1, 2], reason: 'deleted' })
  expect(await countsOf('room:r')).toEqual([0, 0, 0, 0, 0])
})

it('[CH11] leaves the text that was sent last, however long it takes to find out who is mentioned', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const get: UserStore['get'] = async (...asked) => {
    await pause(50)
    return store.users.get(...asked)
  }
  const chat = await openChat(onTestFinished, { store: { ...store, users: { ...store.users, get } } })
  const ann = await chat.connect('ann')
  const said = await ann.request('message_event', { room_id: 'r', message_data: 'x', cid: randomUUID() })
  const edit = (message_data: string, more: object = {}) =>
    ann.request('edit_message', {
      ...{ stream: said.stream, seq: said.seq, message_id: said._id, cid: randomUUID(), message_data },
      ...more,
    })
  await Promise.all([edit('@Ben', { mentions: [{ user_id: 'ben', start: 0, end: 4 }] }), edit('plain')])
  const { entries } = await ann.request('get_messages', { stream: said.stream, before: 9 })
  expect(entries).toMatchObject([{ message_data: 'plain', version: 3 }])
})
