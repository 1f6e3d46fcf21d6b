import { randomUUID } from 'node:crypto'
import { limits, type Message } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { messagesIn, openChat, type TestSocket } from '../../testing/connect.ts'

const key = { workspace_id: 'demo', stream: 'room:r' }
const unknown = '0192f0c1-2345-7abc-8def-0123456789ab'

function say(socket: TestSocket, message_data: string, more: object = {}): Promise<Message> {
  return socket.request('message_event', { room_id: 'r', message_data, cid: randomUUID(), ...more })
}

function quoted({ _id, seq, nth, author, display_name, message_data }: Message) {
  return { _id, seq, nth, author, display_name, message_data }
}

async function room() {
  const store = await embeddedStore({ path: ':memory:' })
  const chat = await openChat(onTestFinished, { store })
  const [ann, ben] = [await chat.connect('ann', { name: 'Ann' }), await chat.connect('ben')]
  return { store, chat, ann, ben, first: await say(ann, 'Who is coming?') }
}

it('[TD2] quotes the message that is answered, found by its place or by its id alone', async () => {
  const { ann, ben, first } = await room()
  await ann.request('join', { room: 'r' })
  const replies = [
    await say(ben, 'I am', { reply_to: first._id, reply_seq: first.seq }),
    await say(ben, 'I am', { reply_to: first._id }),
  ]
  for (const reply of replies) expect(reply).toMatchObject({ reply_to: first._id, quote: quoted(first) })
  expect(messagesIn(await ann.heard(2))).toEqual(replies)
  const page = await ann.request('get_messages', { stream: 'room:r', before: 99 })
  expect(page.entries).toEqual([first, ...replies])
})

it('[TD2] quotes the beginning of a long message, by whole characters', async () => {
  const { ann, ben } = await room()
  const long = await say(ann, '🦄'.repeat(500))
  const { quote } = await say(ben, 'wow', { reply_to: long._id, reply_seq: long.seq })
  expect(quote?.message_data).toBe('🦄'.repeat(limits.quote_length))
})

it('[TD3] refuses to answer what is not there', async () => {
  const { ann, first } = await room()
  const elsewhere = await say(ann, 'in another room', { room_id: 'q' })
  const wrong = [
    { reply_to: unknown },
    { reply_to: 'a' },
    { reply_to: elsewhere._id },
    { reply_to: elsewhere._id, reply_seq: 1 },
    { reply_to: first._id, reply_seq: 2 },
    { reply_to: first._id, reply_seq: 99 },
  ]
  for (const reply of wrong) {
    const message = { room_id: 'r', message_data: 'x', cid: randomUUID(), ...reply }
    expect(await ann.ask('message_event', message), JSON.stringify(reply)).toMatchObject({
      status: 'failure',
      data: `reply_to: message ${reply.reply_to} does not exist`,
      error: { code: 'not_found' },
    })
  }
})

it('[TD3] refuses to answer a removed message, but answers the repetition of what was sent before', async () => {
  const { store, ann, ben, first } = await room()
  const reply = { cid: randomUUID(), reply_to: first._id, reply_seq: first.seq }
  const sent = await say(ben, 'I am', reply)
  await store.streams.remove(key, { targets: [first.seq], reason: 'deleted' })
  expect(await say(ben, 'I am', reply)).toMatchObject({ _id: sent._id })
  const late = { room_id: 'r', message_data: 'me too', ...reply, cid: randomUUID() }
  expect(await ann.refusal('message_event', late)).toBe('not_found')
})

it('[TD3] refuses one reply of several, and sends the others in their order', async () => {
  const { ann, first } = await room()
  const message = (message_data: string, more: object = {}) => ({ message_data, cid: randomUUID(), ...more })
  const { results } = await ann.request('send_messages', {
    stream: 'room:r',
    messages: [
      message('one', { reply_to: first._id, reply_seq: first.seq }),
      message('two', { reply_to: unknown }),
      message('three'),
    ],
  })
  expect(results).toMatchObject([
    { message: { message_data: 'one', seq: 2, quote: quoted(first) } },
    { error: { code: 'not_found', message: `reply_to: message ${unknown} does not exist` } },
    { message: { message_data: 'three', seq: 3 } },
  ])
})

it('[TD3] checks replies in tickets too, but not what V2 pages say', async () => {
  const { chat } = await room()
  const admin = await chat.connect('root', { role: 'admin' })
  const { _id: ticket_id } = await admin.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const message = { ticket_id, message_data: 'x', reply_to: unknown }
  expect(await admin.refusal('ticket_message_event', { ...message, cid: randomUUID() })).toBe('not_found')
  const page = await chat.connectV2()
  page.emit('ticket_message_event', {
    ...message,
    workspace_id: 'demo',
    api_key: 'demo-key',
    user_id: 'root',
  })
  await page.untilHeard('ticket_message_response')
  const { entries } = await admin.request('join_ticket', { ticket_id })
  expect(entries).toMatchObject([{ message_data: 'x', reply_to: unknown }])
  expect(entries[0]).not.toHaveProperty('quote')
})

it('[TD4] takes another reply, mention or metadata under one cid for another message', async () => {
  const { ann, ben, first } = await room()
  await ben.request('join', { room: 'r' })
  const sent = {
    room_id: 'r',
    message_data: '@ben look',
    cid: randomUUID(),
    reply_to: first._id,
    reply_seq: first.seq,
    mentions: [{ user_id: 'ben', start: 0, end: 4 }],
    metadata: { color: 'red' },
  }
  const message = await ann.request('message_event', sent)
  expect(await ann.request('message_event', sent)).toEqual(message)
  const others = [
    { reply_to: undefined, reply_seq: undefined },
    { mentions: [{ user_id: 'ann', start: 0, end: 4 }] },
    { mentions: undefined },
    { metadata: { color: 'blue' } },
    { metadata: undefined },
  ]
  for (const other of others)
    expect(await ann.refusal('message_event', { ...sent, ...other }), JSON.stringify(other)).toBe('conflict')
})
