import { randomUUID } from 'node:crypto'
import type { Message, Position } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startProxy } from '../../tests/support/tcp-proxy.ts'
import { messagesIn, openChat, type TestChat, type TestSocket } from '../testing/connect.ts'
import { type BotOptions, createBot } from './index.ts'

const keyOf = { workspace: 'demo', key: 'demo-key' }

/** A bot that is closed with the test; what goes wrong fails it. */
function open({ url }: Pick<TestChat, 'url'>, options: Partial<BotOptions> = {}) {
  const bot = createBot({ url, ...keyOf, user: { id: 'bot', name: 'Bot' }, rooms: ['lobby'], ...options })
  const errors: unknown[] = []
  bot.onError((error) => errors.push(error))
  onTestFinished(() => bot.close())
  onTestFinished(() => expect(errors).toEqual([]))
  return { bot, errors }
}

/** The server behind a wire that can be cut. */
async function overWire({ url }: TestChat): Promise<{ url: string; cut(): void }> {
  const proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(url).port) })
  return {
    url: `http://127.0.0.1:${proxy.port}`,
    cut() {
      proxy.set('refuses')
      proxy.set(undefined)
    },
  }
}

async function inLobby(chat: TestChat, name: string): Promise<TestSocket> {
  const socket = await chat.connect(name)
  await socket.request('join', { room: 'lobby' })
  return socket
}

const say = (socket: TestSocket, message_data: string, room_id = 'lobby') =>
  socket.request('message_event', { room_id, message_data, cid: randomUUID() })

const textsOf = (socket: TestSocket) => messagesIn(socket.frames).map(({ message_data }) => message_data)

it('[PG30] hears what others say, one after the other, and answers', async () => {
  const chat = await openChat(onTestFinished)
  const { bot } = open(chat)
  let busy = 0
  bot.onMessage(async (message, { reply, typing }) => {
    busy += 1
    expect(busy).toBe(1)
    typing()
    await reply(`You said: ${message.message_data}`, { replyTo: message })
    busy -= 1
  })
  const ann = await inLobby(chat, 'ann')
  await say(ann, 'before')
  await bot.start()
  await Promise.all(['one', 'two', 'three'].map((text) => say(ann, text)))
  await vi.waitFor(() => expect(textsOf(ann)).toHaveLength(7), 10_000)
  const answers = messagesIn(ann.frames).filter(({ author }) => author === 'bot')
  expect(answers.map(({ message_data }) => message_data)).toEqual([
    'You said: one',
    'You said: two',
    'You said: three',
  ])
  expect(answers.map(({ display_name, quote }) => [display_name, quote?.message_data])).toEqual([
    ['Bot', 'one'],
    ['Bot', 'two'],
    ['Bot', 'three'],
  ])
  const typing = ann.frames.flatMap(([event, data]) => (event === 'typing' ? [data] : []))
  expect(typing).toContainEqual({
    stream: 'room:lobby',
    user_id: 'bot',
    display_name: 'Bot',
    is_typing: true,
  })
  const { users } = await (await chat.connect('mia', { role: 'agent' })).request('get_users', {
    user_ids: ['bot', 'ann'],
  })
  expect(users.map(({ user_id, is_program }) => [user_id, is_program])).toEqual([
    ['bot', true],
    ['ann', undefined],
  ])
})

it('[PG31] hears no other program, unless it asks for that', async () => {
  const chat = await openChat(onTestFinished)
  const echoes = ['one', 'two'].map((id) => open(chat, { user: { id } }).bot)
  const heard: string[] = []
  for (const bot of echoes) bot.onMessage((message, { reply }) => reply(`Echo: ${message.message_data}`))
  const { bot: listener } = open(chat, { user: { id: 'listener' }, hearsPrograms: true })
  listener.onMessage(({ message_data }) => heard.push(message_data))
  for (const bot of [...echoes, listener]) await bot.start()
  const ann = await inLobby(chat, 'ann')
  await say(ann, 'Hello')
  await vi.waitFor(() => expect(textsOf(ann)).toHaveLength(3), 10_000)
  await say(ann, 'again')
  await vi.waitFor(() => expect(textsOf(ann)).toHaveLength(6), 10_000)
  await vi.waitFor(() => expect(heard).toHaveLength(6), 10_000)
  await new Promise((resolve) => setTimeout(resolve, 300))
  await ann.settle()
  expect([...textsOf(ann)].sort()).toEqual([
    'Echo: Hello',
    'Echo: Hello',
    'Echo: again',
    'Echo: again',
    'Hello',
    'again',
  ])
})

it('[PG32] hears each message once over cuts, and over restarts from where it was', async () => {
  const chat = await openChat(onTestFinished)
  const kept = new Map<string, Position>()
  const positions = {
    load: (stream: string) => kept.get(stream),
    save: (stream: string, position: Position) => void kept.set(stream, position),
  }
  const heard: string[] = []
  const wire = await overWire(chat)
  const { bot } = open(wire, { positions })
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await bot.start()
  const ann = await inLobby(chat, 'ann')
  await say(ann, '1')
  await vi.waitFor(() => expect(heard).toEqual(['1']), 10_000)
  wire.cut()
  for (const text of ['2', '3']) await say(ann, text)
  await vi.waitFor(() => expect(heard).toEqual(['1', '2', '3']), 15_000)
  await bot.close()
  for (let n = 4; n <= 300; n += 50)
    await ann.request('send_messages', {
      stream: 'room:lobby',
      messages: Array.from({ length: Math.min(50, 301 - n) }, (_, at) => ({
        message_data: `${n + at}`,
        cid: randomUUID(),
      })),
    })
  const { bot: next, errors } = open(chat, { positions })
  let isFailing = true
  next.onMessage(({ message_data }) => {
    heard.push(message_data)
    if (message_data === '7' && isFailing) {
      isFailing = false
      throw new Error('A listener may fail')
    }
  })
  await next.start()
  await vi.waitFor(() => expect(heard).toHaveLength(300), 10_000)
  expect(heard).toEqual(Array.from({ length: 300 }, (_, at) => `${at + 1}`))
  expect(errors.splice(0)).toMatchObject([{ message: 'A listener may fail' }])
  expect(kept.get('room:lobby')?.seq).toBe(300)
})

it('[PG33] writes a draft that readers see grow, and stops when one of them asks', async () => {
  const chat = await openChat(onTestFinished)
  const { bot } = open(chat)
  let next = (): void => {}
  async function* words(): AsyncGenerator<string> {
    for (let n = 0; ; n++) {
      yield `word ${n} `
      await new Promise<void>((resolve) => {
        next = resolve
      })
    }
  }
  const replies: (Message | null)[] = []
  bot.onMessage(async (_, { reply }) => replies.push(await reply(words())))
  await bot.start()
  const ann = await inLobby(chat, 'ann')
  await say(ann, 'Tell me')
  const { cid } = await ann.first('message_draft', ({ text }) => text.includes('word 0'))
  next()
  await ann.first('message_draft', ({ text }) => text.includes('word 1'))
  await ann.request('stop_draft', { stream: 'room:lobby', cid })
  await vi.waitFor(() => expect(replies).toHaveLength(1), 10_000)
  expect(replies[0]).toMatchObject({ cid, message_data: 'word 0 word 1 ' })
  expect((await ann.request('get_drafts', { stream: 'room:lobby' })).drafts).toEqual([])

  const draft = bot.conversation('room:lobby').draft()
  draft.write('x'.repeat(20_000))
  await vi.waitFor(async () => {
    const { drafts } = await ann.request('get_drafts', { stream: 'room:lobby' })
    expect(drafts[0]?.text).toHaveLength(20_000)
  }, 10_000)
  draft.replace('Short')
  await ann.first('message_draft', ({ from, text }) => from === 0 && text === 'Short')
  await draft.cancel()
  await ann.first('message_draft', ({ is_over }) => is_over)
  expect(await bot.conversation('room:lobby').draft().end()).toBe(null)
})

it('[PG33] sends a draft whole after a cut', async () => {
  const chat = await openChat(onTestFinished)
  const wire = await overWire(chat)
  const { bot } = open(wire)
  await bot.start()
  const draft = bot.conversation('room:lobby').draft()
  const ann = await inLobby(chat, 'ann')
  draft.write('One')
  await ann.first('message_draft', ({ text }) => text === 'One')
  wire.cut()
  draft.write(', two')
  await vi.waitFor(async () => {
    const { drafts } = await ann.request('get_drafts', { stream: 'room:lobby' })
    expect(drafts[0]?.text).toBe('One, two')
  }, 15_000)
  const message = await draft.end()
  expect(message).toMatchObject({ cid: draft.cid, message_data: 'One, two', author: 'bot' })
})

it('[PG34] is given each open ticket, and hears what was said there before its answer', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('max', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  const ann = await chat.connect('ann')
  const openTicket = () => ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const write = (ticket_id: string, message_data: string) =>
    ann.request('ticket_message_event', { ticket_id, message_data, cid: randomUUID() })
  const [first, closed] = [await openTicket(), await openTicket()]
  await ann.request('close_ticket', { ticket_id: closed._id })
  await write(first._id, 'Is anybody there?')

  const { bot } = open(chat, { rooms: [], mostTickets: 2 })
  const seen: string[] = []
  const heard: string[] = []
  bot.onTicket(async (ticket, { reply }) => {
    seen.push(ticket._id)
    await reply('Hello!')
  })
  bot.onMessage(async ({ message_data }, { reply, leave, history }) => {
    heard.push(message_data)
    if (message_data === 'Enough') leave()
    else await reply(`Of ${(await history()).length}`)
  })
  await bot.start()
  await vi.waitFor(() => expect(heard).toEqual(['Is anybody there?']), 10_000)
  const second = await openTicket()
  await vi.waitFor(() => expect(seen).toEqual([first._id, second._id]), 10_000)
  await write(second._id, 'And here?')
  await vi.waitFor(() => expect(heard).toContain('And here?'), 10_000)
  // Its place is another one's once it is left or closed.
  const waiting = [await openTicket(), await openTicket()]
  await write(first._id, 'Enough')
  await vi.waitFor(() => expect(seen).toHaveLength(3), 10_000)
  await write(first._id, 'Nobody hears this')
  await ann.request('close_ticket', { ticket_id: second._id })
  await vi.waitFor(() => expect(seen).toHaveLength(4), 10_000)
  expect(new Set(seen)).toEqual(new Set([first, second, ...waiting].map(({ _id }) => _id)))
  expect(heard).not.toContain('Nobody hears this')
  const { entries } = await ann.request('get_messages', { stream: `ticket:${first._id}`, before: 100 })
  expect(entries.map((one) => 'message_data' in one && one.message_data)).toEqual([
    'Is anybody there?',
    'Hello!',
    'Of 2',
    'Enough',
    'Nobody hears this',
  ])
})

it('[PG35] says why it cannot start, and fails what is asked of it once it is closed', async () => {
  const chat = await openChat(onTestFinished)
  const { bot } = open(chat, { key: 'wrong' })
  await expect(bot.start()).rejects.toMatchObject({ name: 'BotError', code: 'unauthenticated' })
  const { bot: closed } = open(chat)
  await closed.start()
  await expect(closed.request('get_ticket', { ticket_id: 'none' })).rejects.toMatchObject({
    request: 'get_ticket',
    code: 'not_found',
  })
  await closed.close()
  await expect(closed.conversation('room:lobby').reply('Hello')).rejects.toMatchObject({
    code: 'unavailable',
  })
})
