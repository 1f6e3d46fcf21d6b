import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import { isRequestError } from '../errors.ts'
import { authOf, openChat, openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'
import { textsOf } from '../testing/texts-of.ts'
import type { LiveStream } from './live-stream.ts'
import type { OutboxOptions } from './outbox.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, n) => `${n}`)
const reasonOf = (promise: Promise<unknown>) => promise.catch((reason: unknown) => reason)

function hold(client: ChatClient, room: string): LiveStream {
  onTestFinished(client.connect())
  const stream = client.rooms.messages(room)
  onTestFinished(stream.retain())
  return stream
}

/** A client behind a link that the test cuts. */
async function openLinked(outbox: OutboxOptions = {}) {
  const { server, client } = await openChat()
  const link = await openLink(server.url)
  const ann = createChatClient({ url: link.url, auth: authOf('ann'), outbox })
  onTestFinished(() => ann.close())
  const reader = hold(client('reader'), 'r')
  await until(reader, ({ sync }) => sync === 'live')
  return { server, client, link, ann, reader }
}

async function textsIn(reader: LiveStream, count: number): Promise<string[]> {
  const length = () => reader.getSnapshot().messages.length
  await expect.poll(length, { timeout: 30_000, interval: 10 }).toBe(count)
  return textsOf(reader.getSnapshot().messages)
}

it('[OX1] shows what is sent before the first connect at once, and sends it in order', async () => {
  const { ann, reader } = await openLinked()
  const room = ann.rooms.messages('r')
  const sent = upTo(120).map((text) => room.send(text))
  expect(textsOf(room.getSnapshot().messages)).toEqual(upTo(120))
  expect(room.getSnapshot().messages[0]).toMatchObject({ delivery: 'sending', isOwn: true, error: null })
  expect(ann.outbox.getSnapshot()).toMatchObject({ status: 'waiting', unsent: 120, failed: 0 })

  onTestFinished(ann.connect())
  const seqs = (await Promise.all(sent)).map(({ seq }) => seq)
  expect(seqs).toEqual(upTo(120).map((n) => Number(n) + 1))
  expect(await textsIn(reader, 120)).toEqual(upTo(120))
  expect(ann.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0, failed: 0 })
})

it('[OX1] sends what was written offline after the reconnect, also to rooms that nobody shows any more', async () => {
  const { ann, link, reader } = await openLinked()
  const room = hold(ann, 'mine')
  await until(room, ({ sync }) => sync === 'live')
  link.cut()
  await until(room, ({ sync }) => sync === 'offline')
  const own = room.send('to the room on the page')
  const other = ann.rooms.messages('r').send('to a room that was left')
  expect(textsOf(room.getSnapshot().messages)).toEqual(['to the room on the page'])
  link.mend()
  expect([(await own).message_data, (await other).message_data]).toEqual([
    'to the room on the page',
    'to a room that was left',
  ])
  expect(await textsIn(reader, 1)).toEqual(['to a room that was left'])
  const { messages } = await until(room, (state) => state.messages[0]?.delivery === 'sent')
  expect(messages).toMatchObject([{ key: messages[0]?.message.cid, error: null, retry: null, discard: null }])
})

it('[OX2] queues 1,000 of 1,500 messages offline, refuses 500 at once, and every one is sent or failed', async () => {
  const { ann, reader } = await openLinked()
  const room = ann.rooms.messages('r')
  const ends = upTo(1_500).map((text) => reasonOf(room.send(text)))
  expect(room.getSnapshot().messages).toHaveLength(1_000)
  expect(ann.outbox.getSnapshot()).toMatchObject({ unsent: 1_000, failed: 0 })
  const refused = await Promise.all(ends.slice(1_000))
  expect(refused.map((error) => isRequestError(error, 'message_event') && error.code)).toEqual(
    Array.from({ length: 500 }, () => 'queue_full'),
  )
  onTestFinished(ann.connect())
  const sent = (await Promise.all(ends)).filter((end) => !isRequestError(end))
  expect(sent).toHaveLength(1_000)
  expect(await textsIn(reader, 1_000)).toEqual(upTo(1_000))
})

it('[OX2] counts bytes, and takes more once some are gone', async () => {
  const { ann } = await openLinked({ maxMessages: 3, maxBytes: 20_000 })
  const room = ann.rooms.messages('r')
  void room.send('x'.repeat(15_000))
  expect(await reasonOf(room.send('y'.repeat(15_000)))).toMatchObject({ code: 'queue_full' })
  void room.send('short')
  void room.send('short')
  expect(await reasonOf(room.send('short'))).toMatchObject({ code: 'queue_full' })
  room.getSnapshot().messages[0]?.discard?.()
  void room.send('short')
  expect(room.getSnapshot().messages).toHaveLength(3)
})

it('[OX3] refuses at the call, without a row, what can never be sent', async () => {
  const { ann } = await openLinked()
  const room = ann.rooms.messages('r')
  const invalid = ['', ' \u2800', 'x'.repeat(16_001), '\ud800', 'nul \0']
  for (const text of invalid)
    expect(await reasonOf(room.send(text))).toMatchObject({
      code: 'invalid_payload',
      request: 'message_event',
    })
  expect(await reasonOf(room.send('Hi', { reply_to: '' }))).toMatchObject({ code: 'invalid_payload' })
  expect(await reasonOf(room.send(`x${'\u0001'.repeat(15_000)}`))).toMatchObject({ code: 'too_large' })
  expect(await reasonOf(ann.rooms.messages('x'.repeat(200)).send('Hi'))).toMatchObject({
    code: 'invalid_payload',
  })
  expect(room.getSnapshot().messages).toEqual([])
  expect(ann.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0, failed: 0 })
})

it('[OX3] refuses at the call what follows the answer that a ticket is closed, which no retry can mend', async () => {
  const { ann, client } = await openLinked()
  onTestFinished(ann.connect())
  const agent = client('agent', { role: 'admin' })
  onTestFinished(agent.connect())
  await until(agent.connection, ({ status }) => status === 'online')
  await agent.topics.create({ name: 'billing' })
  await until(ann.connection, ({ status }) => status === 'online')
  const { _id } = await ann.tickets.create({ product: 'billing' })
  await agent.tickets.close(_id)
  // The customer's own message would open it again.
  const ticket = agent.tickets.messages(_id)
  onTestFinished(ticket.retain())
  await until(ticket, ({ sync }) => sync === 'live')
  const unsent = () => ticket.getSnapshot().messages.filter(({ delivery }) => delivery !== 'sent')
  expect(await reasonOf(ticket.send('too late'))).toMatchObject({ code: 'ticket_closed' })
  const [row] = unsent()
  expect(row).toMatchObject({ delivery: 'failed', error: { code: 'ticket_closed' }, retry: null })
  expect(await reasonOf(ticket.send('again'))).toMatchObject({ code: 'ticket_closed' })
  expect(unsent()).toHaveLength(1)
  row?.discard?.()
  expect(unsent()).toEqual([])
  expect(agent.outbox.getSnapshot()).toMatchObject({ status: 'sent', failed: 0 })
})

it('[OX4] keeps the order over reconnects, and stores nothing twice when answers are lost', async () => {
  const { ann, link, reader } = await openLinked()
  const room = hold(ann, 'r')
  await until(room, ({ sync }) => sync === 'live')
  const sent: Promise<unknown>[] = []
  for (const text of upTo(60)) {
    sent.push(room.send(text))
    if (Number(text) % 20 === 10) {
      // The next frame with a stored message, be it an answer or an entry.
      await link.lose('"message_data"')
      link.cut()
      await until(ann.connection, ({ status }) => status === 'offline')
      link.mend()
    }
  }
  await Promise.all(sent)
  expect(await textsIn(reader, 60)).toEqual(upTo(60))
  await until(room, ({ messages }) => messages.every(({ delivery }) => delivery === 'sent'))
  expect(textsOf(room.getSnapshot().messages)).toEqual(upTo(60))
})

it('[OX5] sends what has waited together, in few requests, and singly to a server that knows no others', async () => {
  for (const knowsBatches of [true, false]) {
    const stored: string[] = []
    const store = ({ cid, message_data }: { cid: string; message_data: string }) => {
      stored.push(message_data)
      return storedMessage(cid, message_data, stored.length)
    }
    const unknown = { code: 'unknown_event', message: 'There is no send_messages', retryable: false }
    const together = ({ messages }: { messages: { cid: string; message_data: string }[] }) =>
      knowsBatches
        ? { results: messages.map((message) => ({ message: store(message) })) }
        : { status: 'failure', data: unknown.message, error: unknown }
    const { url, received } = await openFakeServer({
      admit: () => helloOf('ann'),
      answers: { message_event: store, send_messages: together },
    })
    const ann = openClient(url, 'ann')
    const sent = upTo(120).map((text) => ann.rooms.messages('r').send(text))
    const long = upTo(6).map((text) => ann.rooms.messages('r').send(text.repeat(15_000)))
    onTestFinished(ann.connect())
    await Promise.all([...sent, ...long])
    expect(stored.slice(0, 120)).toEqual(upTo(120))
    const names = received.map(([name]) => name).filter((name) => name.includes('message'))
    // 50, 50, the last 20 with three of the long ones, and the others.
    const batches = names.filter((name) => name === 'send_messages')
    expect(batches).toHaveLength(knowsBatches ? 4 : 1)
    expect(names.length - batches.length).toBe(knowsBatches ? 0 : 126)
  }
})

it('[OX4] fails what waits for a room that was lost meanwhile, and sends the rest; retry helps once it is back', async () => {
  const { ann, client, link, reader } = await openLinked()
  onTestFinished(ann.connect())
  await until(ann.connection, ({ status }) => status === 'online')
  const rooms = await openRoom(client, ann)
  link.cut()
  await until(ann.connection, ({ status }) => status === 'offline')
  const room = ann.rooms.messages(rooms)
  const ends = ['one', 'two'].map((text) => reasonOf(room.send(text)))
  const other = ann.rooms.messages('r').send('elsewhere')
  const owner = client('owner')
  onTestFinished(owner.connect())
  await until(owner.connection, ({ status }) => status === 'online')
  await owner.rooms.removeMembers(rooms, ['ann'])
  link.mend()
  for (const end of await Promise.all(ends)) expect(end).toMatchObject({ code: 'not_found' })
  await other
  expect(await textsIn(reader, 1)).toEqual(['elsewhere'])
  expect(room.getSnapshot().messages).toMatchObject([
    { delivery: 'failed', error: { code: 'not_found' } },
    { delivery: 'failed', error: { code: 'not_found' } },
  ])
  expect(ann.outbox.getSnapshot()).toMatchObject({ status: 'failed', unsent: 0, failed: 2 })

  await owner.rooms.addMembers(rooms, ['ann'])
  const [first] = room.getSnapshot().messages
  expect((await first?.retry?.())?.message_data).toBe('one')
  ann.outbox.discardAll()
  expect(ann.outbox.getSnapshot()).toMatchObject({ status: 'sent', unsent: 0, failed: 0 })
})

/** A room of an owner, with the one who has to lose it. */
async function openRoom(client: (user_id: string) => ChatClient, ann: ChatClient): Promise<string> {
  const owner = client('owner')
  onTestFinished(owner.connect())
  await until(owner.connection, ({ status }) => status === 'online')
  const { session } = ann.connection.getSnapshot()
  const room = await owner.rooms.create({ kind: 'members', members: [session?.user_id ?? ''] })
  return room._id
}

it('[OX4] keeps what waits while the client is refused, and sends it after another connect as the same user', async () => {
  const stored: string[] = []
  let isExpired = false
  const { url, io } = await openFakeServer({
    admit: ({ token }) => (isExpired && token === 'old' ? refusalOf('unauthenticated') : helloOf('ann')),
    answers: {
      message_event({ message_data, cid }: { message_data: string; cid: string }) {
        stored.push(message_data)
        return storedMessage(cid, message_data, stored.length)
      },
    },
  })
  const ann = createChatClient({ url, auth: { token: 'old' } })
  onTestFinished(() => ann.close())
  onTestFinished(ann.connect())
  await until(ann.connection, ({ status }) => status === 'online')
  isExpired = true
  for (const socket of io.sockets.sockets.values()) socket.conn.close()
  await until(ann.connection, ({ status }) => status === 'offline')
  const sent = ann.rooms.messages('r').send('written offline')
  await until(ann.connection, ({ status }) => status === 'refused')
  expect(ann.outbox.getSnapshot()).toMatchObject({ status: 'waiting', unsent: 1, failed: 0 })
  ann.update({ auth: { token: 'new' } })
  expect((await sent).message_data).toBe('written offline')
  expect(stored).toEqual(['written offline'])
})

it('[OX4] sends nothing as somebody else', async () => {
  let user = 'ann'
  const { url, io, received } = await openFakeServer({ admit: () => helloOf(user) })
  const ann = createChatClient({ url, auth: { getToken: async () => 'any' } })
  onTestFinished(() => ann.close())
  onTestFinished(ann.connect())
  await until(ann.connection, ({ status }) => status === 'online')
  user = 'bob'
  for (const socket of io.sockets.sockets.values()) socket.conn.close()
  await until(ann.connection, ({ status }) => status === 'offline')
  void ann.rooms.messages('r').send('of ann')
  await until(ann.connection, ({ status }) => status === 'refused')
  expect(ann.outbox.getSnapshot()).toMatchObject({ status: 'waiting', unsent: 1 })
  expect(received).toEqual([])
})

it('[OX4] sends again what the server takes for now not, and fails alone what it never takes', async () => {
  const tries = new Map<string, number>()
  const failure = (code: 'unavailable' | 'internal') => ({
    status: 'failure',
    data: code,
    error: refusalOf(code),
  })
  const answer = ({ cid, message_data }: { cid: string; message_data: string }) => {
    const count = (tries.get(message_data) ?? 0) + 1
    tries.set(message_data, count)
    if (message_data === 'later' && count < 3) return failure('unavailable')
    if (message_data === 'poison') return failure('internal')
    return storedMessage(cid, message_data, 1)
  }
  const { url } = await openFakeServer({ admit: () => helloOf('ann'), answers: { message_event: answer } })
  // Backoff without its length.
  vi.spyOn(Math, 'random').mockReturnValue(0)
  onTestFinished(() => void vi.restoreAllMocks())
  const ann = openClient(url, 'ann')
  onTestFinished(ann.connect())
  await until(ann.connection, ({ status }) => status === 'online')
  const [later, poison] = ['later', 'poison'].map((text) => reasonOf(ann.rooms.messages(text).send(text)))
  expect(await later).toMatchObject({ message_data: 'later' })
  expect(await poison).toMatchObject({ code: 'internal' })
  expect([...tries]).toEqual([
    ['later', 3],
    ['poison', 5],
  ])
  const [row] = ann.rooms.messages('poison').getSnapshot().messages
  expect(row).toMatchObject({
    delivery: 'failed',
    retry: expect.any(Function),
    discard: expect.any(Function),
  })
})

function storedMessage(cid: string, message_data: string, seq: number) {
  const place = {
    _id: `${seq}`,
    stream: 'room:r',
    seq,
    nth: seq,
    type: 'message',
    kind: 'text',
    author: 'ann',
  }
  const times = { created_at: '2026-01-01T00:00:00.000Z', client_created_at: null }
  return { ...place, ...times, cid, message_data, display_name: null, reply_to: null }
}
