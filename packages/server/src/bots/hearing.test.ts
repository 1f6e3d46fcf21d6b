import { randomUUID } from 'node:crypto'
import { createServer, connect as dial } from 'node:net'
import type { Position } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { inLobby, openBot, openDesk, overWire, say, textsOf } from '../../tests/support/bots.ts'
import { openChat, type TestChat } from '../testing/connect.ts'

const hourMs = 60 * 60 * 1_000

/** Where a bot was, over its restarts. */
function keptPositions() {
  const kept = new Map<string, Position>()
  return {
    load: (stream: string) => kept.get(stream),
    save: (stream: string, position: Position) => void kept.set(stream, position),
  }
}

/** A wire to the server that can hold back what the server sends, and lets all of it go at once. */
async function holdingWire({ url }: TestChat) {
  let held: Buffer[] | undefined
  let pass = (_: Buffer): unknown => undefined
  const proxy = createServer((client) => {
    const server = dial(Number(new URL(url).port), '127.0.0.1')
    pass = (data) => client.write(data)
    server.on('data', (data) => (held ? held.push(data) : client.write(data)))
    client.on('data', (data) => server.write(data))
    for (const [one, other] of [[client, server] as const, [server, client] as const])
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const { port } = proxy.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    hold() {
      held = []
    },
    release() {
      pass(Buffer.concat(held ?? []))
      held = undefined
    },
  }
}

it('[PG34] leaves tickets alone where it does not ask for them', async () => {
  const { chat, ann, openTicket, close, write } = await openDesk()
  const { bot } = openBot(chat)
  bot.onMessage(({ message_data }, { reply }) => reply(`You said: ${message_data}`))
  const before = await openTicket()
  await bot.start()
  const { _id } = await openTicket()
  await write(_id, 'Is anybody there?')
  await close(before._id)
  await write(before._id, 'And again?')
  const ben = await inLobby(chat, 'ben')
  await say(ben, 'Hello')
  await vi.waitFor(() => expect(textsOf(ben)).toEqual(['Hello', 'You said: Hello']), 20_000)
  for (const one of [_id, before._id]) {
    const { entries } = await ann.request('get_messages', { stream: `ticket:${one}`, before: 100 })
    const authors = entries.flatMap((entry) =>
      'author' in entry && entry.author !== null ? entry.author : [],
    )
    expect(authors).not.toContain('bot')
  }
  expect(await ann.request('get_ticket', { ticket_id: _id })).toMatchObject({ answered_at: null })
})

it('[PG34] hears nothing of a ticket that it leaves at once, and all of that after a restart', async () => {
  const { chat, openTicket, write } = await openDesk()
  const { _id } = await openTicket()
  await write(_id, 'Is anybody there?')
  const positions = keptPositions()
  const heard: string[] = []
  const seen: string[] = []
  const { bot } = openBot(chat, { rooms: ['lobby'], positions })
  bot.onTicket((ticket, { leave }) => {
    seen.push(ticket._id)
    leave()
  })
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await bot.start()
  await vi.waitFor(() => expect(seen).toEqual([_id]), 20_000)
  await write(_id, 'Hello?')
  await say(await inLobby(chat, 'ben'), 'In the lobby')
  await vi.waitFor(() => expect(heard).toContain('In the lobby'), 20_000)
  expect(heard).toEqual(['In the lobby'])
  await bot.close()
  const { bot: next } = openBot(chat, { rooms: [], positions })
  next.onTicket(() => undefined)
  next.onMessage(({ message_data }) => heard.push(message_data))
  await next.start()
  await vi.waitFor(() => expect(heard).toEqual(['In the lobby', 'Is anybody there?', 'Hello?']), 20_000)
})

it('[PG34] has as many tickets as the server lets it join, and the next one when one of them is closed', async () => {
  const { chat, openTicket, close } = await openDesk({ limits: { socketStreams: 3 } })
  const tickets = [await openTicket(), await openTicket(), await openTicket(), await openTicket()]
  const { bot, errors } = openBot(chat, { rooms: ['lobby'] })
  const seen: string[] = []
  bot.onTicket(({ _id }) => seen.push(_id))
  await bot.start()
  await vi.waitFor(() => expect(errors).toHaveLength(1), 20_000)
  expect(errors.splice(0)).toMatchObject([{ request: 'join_ticket', code: 'limit_reached' }])
  await vi.waitFor(() => expect(seen).toHaveLength(2), 20_000)
  for (const n of [3, 4]) {
    await close(seen[n - 3] ?? '')
    await vi.waitFor(() => expect(seen).toHaveLength(n), 20_000)
  }
  expect(new Set(seen)).toEqual(new Set(tickets.map(({ _id }) => _id)))
})

it('[PG34] has as many tickets again as it wants where a later connection lets it join them', async () => {
  const { chat, openTicket } = await openDesk({ limits: { socketStreams: 3 } })
  const max = await chat.connect('max', { role: 'admin' })
  const members = ['bot']
  const { _id: room } = await max.request('create_room', { kind: 'members', members, cid: randomUUID() })
  for (let n = 0; n < 3; n += 1) await openTicket()
  const wire = await overWire(chat)
  const { bot, errors } = openBot(wire, { rooms: [room] })
  const seen: string[] = []
  bot.onTicket(({ _id }) => seen.push(_id))
  await bot.start()
  await vi.waitFor(() => expect(errors).toHaveLength(1), 20_000)
  expect(errors.splice(0)).toMatchObject([{ request: 'join_ticket', code: 'limit_reached' }])
  // The room takes no place any more.
  await wire.cut(() => max.request('remove_members', { room, members }))
  await vi.waitFor(() => expect(new Set(seen).size).toBe(3), 20_000)
  expect(errors.splice(0)).toMatchObject([{ request: 'join', code: 'not_found' }])
})

it('[PG34] is given what it has left again once the same bot starts again', async () => {
  const { chat, openTicket } = await openDesk()
  const { _id } = await openTicket()
  const { bot } = openBot(chat, { rooms: [] })
  const seen: string[] = []
  bot.onTicket((ticket, { leave }) => {
    seen.push(ticket._id)
    leave()
  })
  await bot.start()
  await vi.waitFor(() => expect(seen).toEqual([_id]), 20_000)
  await bot.close()
  await bot.start()
  await vi.waitFor(() => expect(seen).toEqual([_id, _id]), 20_000)
})

it('[PG34] hears a ticket that is opened again only once its listener has begun with that', async () => {
  const { chat, openTicket, close, write } = await openDesk()
  const { _id } = await openTicket()
  await write(_id, 'Hello')
  // It need not ask who has written.
  const { bot } = openBot(chat, { rooms: [], hearsPrograms: true })
  const begun: (() => void)[] = []
  const heard: string[] = []
  bot.onTicket(() => new Promise<void>((resolve) => begun.push(resolve)))
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await bot.start()
  await vi.waitFor(() => expect(begun).toHaveLength(1), 20_000)
  await close(_id)
  await write(_id, 'Again')
  await vi.waitFor(() => expect(begun).toHaveLength(2), 20_000)
  begun[0]?.()
  await bot.request('get_ticket', { ticket_id: _id })
  expect(heard).toEqual([])
  begun[1]?.()
  await vi.waitFor(() => expect(heard).toEqual(['Hello', 'Again']), 20_000)
})

it('[PG35] takes no ticket while it waits for what is under way when it is closed', async () => {
  const { chat, ann, openTicket } = await openDesk()
  const { _id } = await openTicket()
  const { bot } = openBot(chat, { rooms: [] })
  let finish = (): void => {}
  const seen: string[] = []
  bot.onTicket((ticket) => {
    seen.push(ticket._id)
    return new Promise<void>((resolve) => {
      finish = resolve
    })
  })
  await bot.start()
  await vi.waitFor(() => expect(seen).toEqual([_id]), 20_000)
  const closed = bot.close()
  const other = await openTicket()
  // By then the bot has been told of it, and could have joined it.
  for (let n = 0; n < 3; n += 1) await bot.request('get_ticket', { ticket_id: other._id })
  await ann.settle()
  finish()
  await closed
  expect(seen).toEqual([_id])
})

it('[PG32] says that it was removed from a room, and hears it again once it is a member again', async () => {
  const chat = await openChat(onTestFinished)
  const max = await chat.connect('max', { role: 'admin' })
  const members = ['bot']
  const { _id: room } = await max.request('create_room', { kind: 'members', members, cid: randomUUID() })
  const { bot, errors } = openBot(chat, { rooms: [room] })
  const heard: string[] = []
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await bot.start()
  await max.request('remove_members', { room, members })
  await vi.waitFor(() => expect(errors).toMatchObject([{ request: 'join', code: 'not_found' }]), 20_000)
  errors.splice(0)
  await say(max, 'Meanwhile', room)
  await max.request('add_members', { room, members })
  await say(max, 'Welcome back', room)
  await vi.waitFor(() => expect(heard).toEqual(['Meanwhile', 'Welcome back']), 20_000)
  await max.request('close_room', { room })
  await vi.waitFor(() => expect(errors).toMatchObject([{ request: 'join', code: 'not_found' }]), 20_000)
  errors.splice(0)
})

it('[PG32] hears an open room again that was closed', async () => {
  const chat = await openChat(onTestFinished)
  const { bot } = openBot(chat)
  const heard: string[] = []
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await bot.start()
  await say(await inLobby(chat, 'ann'), 'One')
  await vi.waitFor(() => expect(heard).toEqual(['One']), 20_000)
  const max = await chat.connect('max', { role: 'admin' })
  await max.request('close_room', { room: 'lobby' })
  await say(await inLobby(chat, 'ben'), 'Two')
  await vi.waitFor(() => expect(heard).toEqual(['One', 'Two']), 20_000)
})

it('[PG32] hears what is said between two starts, also where nothing was said before', async () => {
  const chat = await openChat(onTestFinished)
  const positions = keptPositions()
  const { bot: first } = openBot(chat, { positions })
  await first.start()
  await first.close()
  const ann = await inLobby(chat, 'ann')
  for (const text of ['1', '2']) await say(ann, text)
  const { bot: next } = openBot(chat, { positions })
  const heard: string[] = []
  next.onMessage(({ message_data }) => heard.push(message_data))
  await next.start()
  await vi.waitFor(() => expect(heard).toEqual(['1', '2']), 20_000)
})

it('[PG32] hears what is left where a part of what it has not heard is removed, and says so', async () => {
  const workspaces = [{ id: 'demo', keys: ['demo-key'], retentionDays: 1 }]
  const chat = await openChat(onTestFinished, { workspaces })
  const positions = keptPositions()
  const heard: string[] = []
  const start = async () => {
    const opened = openBot(chat, { positions })
    opened.bot.onMessage(({ message_data }) => heard.push(message_data))
    await opened.bot.start()
    return opened
  }
  const { bot } = await start()
  const ann = await inLobby(chat, 'ann')
  await say(ann, 'Heard')
  await vi.waitFor(() => expect(heard.splice(0)).toEqual(['Heard']), 20_000)
  await bot.close()
  await say(ann, 'Removed')
  await chat.server.clock.advance(20 * hourMs)
  // More than the page has that tells of the removal.
  const texts = Array.from({ length: 70 }, (_, n) => `Left ${n}`)
  for (const text of texts) await say(ann, text)
  await chat.server.clock.advance(20 * hourMs)
  const firstSeq = async () =>
    (await ann.request('get_messages', { stream: 'room:lobby', before: 1 })).first_seq
  await expect.poll(firstSeq).toBe(3)
  const { errors } = await start()
  await vi.waitFor(() => expect(heard).toHaveLength(texts.length), 20_000)
  expect(heard).toEqual(texts)
  expect(errors.splice(0)).toMatchObject([{ message: expect.stringContaining('expired') }])
})

it('[PG32] hears what comes together with the answer to its first join', async () => {
  const chat = await openChat(onTestFinished)
  const wire = await holdingWire(chat)
  const ann = await inLobby(chat, 'ann')
  // It asks for its position before it joins.
  const { bot } = openBot(wire, { positions: { load: () => void wire.hold(), save() {} } })
  const heard: string[] = []
  bot.onMessage(({ message_data }) => heard.push(message_data))
  const started = bot.start()
  await vi.waitFor(async () => {
    const { user_ids } = await ann.request('get_room_presence', { room: 'lobby' })
    expect(user_ids).toContain('bot')
  }, 20_000)
  await ann.settle()
  await say(ann, 'Hello')
  await ann.settle()
  wire.release()
  await started
  await vi.waitFor(() => expect(heard).toEqual(['Hello']), 20_000)
})
