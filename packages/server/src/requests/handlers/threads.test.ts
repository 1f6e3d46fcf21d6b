import { randomUUID } from 'node:crypto'
import type { Message, Thread } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from '../../../tests/support/two-servers.ts'
import { messagesIn, openChat, type TestSocket } from '../../testing/connect.ts'

const unknown = '0192f0c1-2345-7abc-8def-0123456789ab'

function say(socket: TestSocket, room_id: string, message_data: string): Promise<Message> {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

function start(socket: TestSocket, { stream, seq, _id: message_id }: Message): Promise<Thread> {
  return socket.request('start_thread', { stream, seq, message_id, cid: randomUUID() })
}

async function answer(socket: TestSocket, { _id }: Thread, message_data: string): Promise<Message> {
  const messages = [{ message_data, cid: randomUUID() }]
  const { results } = await socket.request('send_messages', { stream: `thread:${_id}`, messages })
  const [result] = results
  if (!result || 'error' in result) throw new Error(`Not sent: ${JSON.stringify(result)}`)
  return result.message
}

async function openRoom(kind: 'open' | 'members' = 'open') {
  const chat = await openChat(onTestFinished)
  const [ann, ben, eve] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('eve')]
  const made = { kind: 'members' as const, members: ['ben'], cid: randomUUID() }
  const room = kind === 'open' ? 'r' : (await ann.request('create_room', made))._id
  for (const socket of [ann, ben]) await socket.request('join', { room })
  const first = await say(ann, room, 'Who is coming?')
  return { chat, ann, ben, eve, room, first, stream: `room:${room}` }
}

it('[TD7] starts a thread once, and shows it in its message', async () => {
  const { ann, ben, first, stream } = await openRoom()
  const threads = await Promise.all([start(ann, first), start(ben, first), start(ann, first)])
  const empty = { parent: stream, parent_seq: 1, count: 0, last_at: null, last_authors: [] }
  expect(threads).toEqual(threads.map(() => ({ _id: first._id, ...empty })))
  const page = await ben.request('get_messages', { stream, before: 99 })
  expect(page.entries).toEqual([{ ...first, has_thread: true, version: 2 }])
  const entries = await ben.request('get_entries', {
    stream,
    position: { epoch: page.epoch, seq: 1, id: first._id },
  })
  expect(entries.entries).toMatchObject([{ type: 'change', change: 'thread_started', target: 1 }])
})

it('[TD7] starts no thread of what is not there, nor of a thread', async () => {
  const { ann, first, stream } = await openRoom()
  const thread = await start(ann, first)
  const inThread = await answer(ann, thread, 'me')
  const cid = randomUUID()
  const place = { stream, seq: 1, message_id: first._id, cid }
  expect(await ann.refusal('start_thread', { ...place, message_id: unknown })).toBe('not_found')
  expect(await ann.refusal('start_thread', { ...place, seq: 2 })).toBe('not_found')
  expect(await ann.refusal('start_thread', { ...place, stream: 'room:other' })).toBe('not_found')
  const nested = { stream: inThread.stream, seq: 1, message_id: inThread._id, cid }
  expect(await ann.refusal('start_thread', nested)).toBe('conflict')
})

it('[TD9] is a stream like any other: joined, read, written to, edited and left', async () => {
  const { ann, ben, first } = await openRoom()
  const thread = await start(ann, first)
  const stream = `thread:${thread._id}`
  const page = await ben.request('join_thread', { thread: thread._id })
  expect(page).toMatchObject({ stream, entries: [], head: { seq: 0 } })
  ben.skip()
  const sent = [await answer(ann, thread, 'one'), await answer(ben, thread, 'two')]
  await ben.settle()
  expect(messagesIn(ben.frames).filter((one) => one.stream === stream)).toEqual(sent)
  expect((await ann.request('get_messages', { stream, around: 1 })).entries).toEqual(sent)
  const [one] = sent as [Message]
  const edit = { stream, seq: 1, message_id: one._id, message_data: 'uno', cid: randomUUID() }
  expect((await ann.request('edit_message', edit)).message).toMatchObject({ message_data: 'uno' })
  expect(await ben.refusal('edit_message', { ...edit, cid: randomUUID() })).toBe('forbidden')
  const reply = { message_data: 'three', cid: randomUUID(), reply_to: one._id, reply_seq: 1 }
  const { results } = await ben.request('send_messages', { stream, messages: [reply] })
  expect(results).toMatchObject([{ message: { quote: { message_data: 'uno' } } }])
  await ben.request('leave_thread', { thread: thread._id })
  ben.skip()
  await answer(ann, thread, 'four')
  await ben.settle()
  expect(messagesIn(ben.frames).filter(({ message_data }) => message_data === 'four')).toEqual([])
})

it('[TD8] tells those in the stream of the message what the thread has', async () => {
  const { ann, ben, first, stream } = await openRoom()
  const thread = await start(ann, first)
  const startedAt = performance.now()
  for (const text of ['one', 'two', 'three']) await answer(ann, thread, text)
  const last = await answer(ben, thread, 'four')
  const expected = { ...thread, count: 4, last_at: last.created_at, last_authors: ['ben', 'ann'] }
  await ann.first('thread_updated', ({ data }) => data.count === 4)
  const told = ann.frames.filter(([event]) => event === 'thread_updated').map(([, push]) => push)
  expect(told.at(-1)).toEqual({ data: expected })
  // The first message at once, the others together, once a second.
  expect(told.length).toBeLessThanOrEqual(3 + Math.floor((performance.now() - startedAt) / 2_000))
  const threads = [thread._id, unknown]
  expect(await ben.request('get_threads', { stream, threads })).toEqual({ threads: [expected] })
  expect(await ben.request('get_threads', { stream: 'room:other', threads })).toEqual({ threads: [] })
})

it('[TD10] lets those read and write a thread who may read and write the room', async () => {
  const { ann, ben, eve, room, first, stream } = await openRoom('members')
  const thread = await start(ann, first)
  const own = `thread:${thread._id}`
  await answer(ben, thread, 'me')
  const position = { epoch: 'x', seq: 0, id: null }
  const messages = [{ message_data: 'x', cid: randomUUID() }]
  const tries = [
    ['join_thread', { thread: thread._id }],
    ['get_messages', { stream: own, before: 9 }],
    ['get_entries', { stream: own, position }],
    ['send_messages', { stream: own, messages }],
    ['get_threads', { stream, threads: [thread._id] }],
    ['start_thread', { stream, seq: 1, message_id: first._id, cid: randomUUID() }],
  ] as const
  for (const [event, payload] of tries) expect(await eve.refusal(event, payload), event).toBe('not_found')
  expect((await eve.ask('join_thread', { thread: thread._id })).data).toBe(
    `Thread ${thread._id} does not exist`,
  )
  await ann.request('mute_member', { room, user_id: 'ben', for_ms: 60_000 })
  expect(await ben.refusal('send_messages', { stream: own, messages })).toBe('forbidden')
  expect(await ben.request('get_messages', { stream: own, before: 9 })).toMatchObject({
    entries: [{ message_data: 'me' }],
  })
  expect(await start(ben, first)).toMatchObject({ _id: thread._id })
})

it('[TD11] ends the subscription to threads with the membership, also of who has joined the thread alone', async () => {
  const { ann, ben, room, first } = await openRoom('members')
  const thread = await start(ann, first)
  await ben.request('join_thread', { thread: thread._id })
  await ben.request('leave', { room })
  ben.skip()
  await ann.request('remove_members', { room, members: ['ben'] })
  await answer(ann, thread, 'after')
  await ben.settle()
  expect(messagesIn(ben.frames).map(({ message_data }) => message_data)).not.toContain('after')
  expect(await ben.refusal('join_thread', { thread: thread._id })).toBe('not_found')
})

it('[TD11] ends the subscriptions to threads of an open room that is closed', async () => {
  const { chat, ann, ben, room, first } = await openRoom()
  const admin = await chat.connect('root', { role: 'admin' })
  const thread = await start(ann, first)
  await ben.request('join_thread', { thread: thread._id })
  await admin.request('close_room', { room })
  ben.skip()
  await answer(ann, thread, 'after')
  await ben.settle()
  expect(messagesIn(ben.frames).map(({ message_data }) => message_data)).not.toContain('after')
})

it('[TD10] lets those read and write a thread who may read and write the ticket', async () => {
  const { chat, ann, ben } = await openRoom()
  const agent = await chat.connect('agnes', { role: 'admin' })
  await agent.request('create_topic', { name: 'billing', cid: randomUUID() })
  const { _id: ticket_id } = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const said = { ticket_id, message_data: 'Help', cid: randomUUID() }
  const first = await ann.request('ticket_message_event', said)
  const second = await ann.request('ticket_message_event', { ...said, cid: randomUUID() })
  const thread = await start(agent, first)
  await answer(ann, thread, 'from the customer')
  await answer(agent, thread, 'from the agent')
  expect(await ben.refusal('join_thread', { thread: thread._id })).toBe('not_found')
  const known = { message_data: 'known', cid: randomUUID() }
  const stream = `thread:${thread._id}`
  const before = await ann.request('send_messages', { stream, messages: [known] })
  await agent.request('close_ticket', { ticket_id })
  const late = { message_data: 'late', cid: randomUUID() }
  const after = await ann.request('send_messages', { stream, messages: [known, late] })
  expect(after.results).toMatchObject([before.results[0] as object, { error: { code: 'ticket_closed' } }])
  const place = { stream: second.stream, seq: second.seq, message_id: second._id, cid: randomUUID() }
  expect(await ann.refusal('start_thread', place)).toBe('ticket_closed')
  expect(await start(ann, first)).toMatchObject({ _id: thread._id, count: 3 })
})

it('[TD10] asks the server’s own rules about a message of a thread as about one of its room', async () => {
  const asked: unknown[] = []
  const chat = await openChat(onTestFinished, {
    authorize(_session, name, payload) {
      if (name === 'message_event') asked.push(payload)
      return (payload as { message_data?: string }).message_data !== 'no'
    },
  })
  const ann = await chat.connect('ann')
  const thread = await start(ann, await say(ann, 'r', 'first'))
  const messages = ['no', 'yes'].map((message_data) => ({ message_data, cid: randomUUID() }))
  const { results } = await ann.request('send_messages', { stream: `thread:${thread._id}`, messages })
  expect(results).toMatchObject([{ error: { code: 'forbidden' } }, { message: { message_data: 'yes' } }])
  expect(asked.slice(1)).toEqual(messages.map((message) => ({ room_id: 'r', ...message })))
})

describeTwoServers(
  'on two servers',
  ({ newUrl, open }) => {
    it('[TD7, TD8, TD9] starts one thread, delivers what is said in it, and tells how much', async () => {
      const [east, west] = await open(newUrl(), 30_000)
      const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
      for (const socket of [ann, ben]) await socket.request('join', { room: 'r' })
      const first = await say(ann, 'r', 'Who is coming?')
      const [thread, same] = await Promise.all([start(ann, first), start(ben, first)])
      expect(same._id).toBe(thread._id)
      await ben.request('join_thread', { thread: thread._id })
      const sent = await answer(ann, thread, 'me')
      await ben.first('entries', ({ stream }) => stream === sent.stream)
      expect(messagesIn(ben.frames).filter(({ stream }) => stream === sent.stream)).toEqual([sent])
      expect((await ben.first('thread_updated')).data).toMatchObject({ _id: thread._id, count: 1 })
      const started = await ben.request('get_entries', {
        stream: 'room:r',
        position: { epoch: (await ben.request('join', { room: 'r' })).epoch, seq: 1, id: first._id },
      })
      expect(started.entries).toMatchObject([{ change: 'thread_started' }])
    })

    it('[TD11] ends the subscription of a member whom the other server has removed', async () => {
      const [east, west] = await open(newUrl(), 30_000)
      const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
      const made = { kind: 'members' as const, members: ['ben'], cid: randomUUID() }
      const { _id: room } = await ann.request('create_room', made)
      const thread = await start(ann, await say(ann, room, 'first'))
      await ben.request('join_thread', { thread: thread._id })
      await ann.request('remove_members', { room, members: ['ben'] })
      await ben.first('member_changed')
      ben.skip()
      await answer(ann, thread, 'after')
      await ben.settle()
      expect(messagesIn(ben.frames).map(({ message_data }) => message_data)).not.toContain('after')
    })

    it('[TD2, TD6] quotes and counts what the other server has stored', async () => {
      const [east, west] = await open(newUrl(), 30_000)
      const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
      for (const socket of [ann, ben]) await socket.request('update_me', {})
      const first = await say(ann, 'r', 'Who is coming?')
      const reply = { reply_to: first._id, mentions: [{ user_id: 'ann', start: 0, end: 4 }] }
      const message = { room_id: 'r', message_data: '@ann me', cid: randomUUID(), ...reply }
      const { quote, mentions } = await ben.request('message_event', message)
      expect(quote).toMatchObject({ _id: first._id, seq: 1, author: 'ann' })
      expect(mentions).toEqual(reply.mentions)
      const page = await ann.request('get_messages', { stream: 'room:r', around: 2, limit: 1 })
      expect(page).toMatchObject({ entries: [{ quote, mentions }], more: true, more_newer: false })
    })
  },
  { withRedis: true },
)
