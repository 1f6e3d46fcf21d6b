import { randomUUID } from 'node:crypto'
import type { Message, Position } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { inLobby, openBot, openDesk, overWire, say, textsOf } from '../../tests/support/bots.ts'
import { keptLog } from '../../tests/support/kept-log.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../stores/store.ts'
import { messagesIn, openChat, type TestSocket } from '../testing/connect.ts'
import { testWorkspaces } from '../testing/start-server.ts'
import { newTicket as aTicket } from '../testing/store-cases/making.ts'

it('[PG30] hears what others say, one after the other, and answers', async () => {
  const chat = await openChat(onTestFinished)
  const { bot } = openBot(chat)
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
  await vi.waitFor(() => expect(textsOf(ann)).toHaveLength(7), 20_000)
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

it.each(['agent', 'customer'] as const)(
  '[PG31, US3] hears no other program, unless it asks for that, as %s',
  async (role) => {
    // The default, by which customers do not see each other.
    const workspaces = testWorkspaces.map((one) => ({ ...one, customersMeet: 'acquaintances' as const }))
    const chat = await openChat(onTestFinished, { workspaces })
    const echoes = ['one', 'two'].map((id) => openBot(chat, { user: { id, role } }).bot)
    const heard: string[] = []
    for (const bot of echoes) bot.onMessage((message, { reply }) => reply(`Echo: ${message.message_data}`))
    const { bot: listener } = openBot(chat, { user: { id: 'listener' }, hearsPrograms: true })
    listener.onMessage(({ message_data }) => heard.push(message_data))
    for (const bot of [...echoes, listener]) await bot.start()
    const ann = await inLobby(chat, 'ann')
    await say(ann, 'Hello')
    await vi.waitFor(() => expect(textsOf(ann)).toHaveLength(3), 20_000)
    await say(ann, 'again')
    await vi.waitFor(() => expect(textsOf(ann)).toHaveLength(6), 20_000)
    await vi.waitFor(() => expect(heard).toHaveLength(6), 20_000)
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
  },
)

it('[US3] shows programs to customers beside a server key alone', async () => {
  const workspaces = testWorkspaces.map((one) => ({ ...one, customersMeet: 'acquaintances' as const }))
  const chat = await openChat(onTestFinished, { workspaces })
  await openBot(chat, { user: { id: 'echo', role: 'customer' } }).bot.start()
  const program = await chat.connect('one', { is_program: true })
  const person = chat.open({ protocol: 1, token: await chat.server.tokenFor('ann') })
  const seenBy = async (socket: TestSocket) => {
    const { users } = await socket.request('get_users', { user_ids: ['echo', 'ann', 'nobody'] })
    return users.map(({ user_id }) => user_id)
  }
  await vi.waitFor(async () => expect(await seenBy(program)).toEqual(['echo']), 20_000)
  expect(await seenBy(person)).toEqual(['ann'])
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
  const { bot } = openBot(wire, { positions })
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await bot.start()
  const ann = await inLobby(chat, 'ann')
  await say(ann, '1')
  await vi.waitFor(() => expect(heard).toEqual(['1']), 20_000)
  await wire.cut()
  for (const text of ['2', '3']) await say(ann, text)
  await vi.waitFor(() => expect(heard).toEqual(['1', '2', '3']), 20_000)
  await bot.close()
  for (let n = 4; n <= 300; n += 50)
    await ann.request('send_messages', {
      stream: 'room:lobby',
      messages: Array.from({ length: Math.min(50, 301 - n) }, (_, at) => ({
        message_data: `${n + at}`,
        cid: randomUUID(),
      })),
    })
  const { bot: next, errors } = openBot(chat, { positions })
  let isFailing = true
  next.onMessage(({ message_data }) => {
    heard.push(message_data)
    if (message_data === '7' && isFailing) {
      isFailing = false
      throw new Error('A listener may fail')
    }
  })
  await next.start()
  await vi.waitFor(() => expect(heard).toHaveLength(300), 20_000)
  expect(heard).toEqual(Array.from({ length: 300 }, (_, at) => `${at + 1}`))
  expect(errors.splice(0)).toMatchObject([{ message: 'A listener may fail' }])
  expect(kept.get('room:lobby')?.seq).toBe(300)
})

it('[PG33] writes a draft that readers see grow, and stops when one of them asks', async () => {
  const chat = await openChat(onTestFinished)
  const { bot } = openBot(chat)
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
  await vi.waitFor(() => expect(replies).toHaveLength(1), 20_000)
  expect(replies[0]).toMatchObject({ cid, message_data: 'word 0 word 1 ' })
  expect((await ann.request('get_drafts', { stream: 'room:lobby' })).drafts).toEqual([])

  const draft = bot.conversation('room:lobby').draft()
  draft.write('x'.repeat(20_000))
  await vi.waitFor(async () => {
    const { drafts } = await ann.request('get_drafts', { stream: 'room:lobby' })
    expect(drafts[0]?.text).toHaveLength(20_000)
  }, 20_000)
  draft.replace('Short')
  await ann.first('message_draft', ({ from, text }) => from === 0 && text === 'Short')
  await draft.cancel()
  await ann.first('message_draft', ({ is_over }) => is_over)
  expect(await bot.conversation('room:lobby').draft().end()).toBe(null)
})

it('[PG33] sends a draft whole after a cut', async () => {
  const chat = await openChat(onTestFinished)
  const wire = await overWire(chat)
  const { bot } = openBot(wire)
  await bot.start()
  const draft = bot.conversation('room:lobby').draft()
  const ann = await inLobby(chat, 'ann')
  draft.write('One')
  await ann.first('message_draft', ({ text }) => text === 'One')
  await wire.cut()
  draft.write(', two')
  await vi.waitFor(async () => {
    const { drafts } = await ann.request('get_drafts', { stream: 'room:lobby' })
    expect(drafts[0]?.text).toBe('One, two')
  }, 20_000)
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

  const { bot } = openBot(chat, { rooms: [], mostTickets: 2 })
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
  await vi.waitFor(() => expect(heard).toEqual(['Is anybody there?']), 20_000)
  const second = await openTicket()
  await vi.waitFor(() => expect(seen).toEqual([first._id, second._id]), 20_000)
  await write(second._id, 'And here?')
  await vi.waitFor(() => expect(heard).toContain('And here?'), 20_000)
  // Its place is another one's once it is left or closed.
  const waiting = [await openTicket(), await openTicket()]
  await write(first._id, 'Enough')
  await vi.waitFor(() => expect(seen).toHaveLength(3), 20_000)
  await write(first._id, 'Nobody hears this')
  await ann.request('close_ticket', { ticket_id: second._id })
  await vi.waitFor(() => expect(seen).toHaveLength(4), 20_000)
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

it('[PG34] hears a ticket that is opened again, from where it was', async () => {
  const { chat, openTicket, close, write } = await openDesk()
  const [ticket, left] = [await openTicket(), await openTicket()]
  const { bot } = openBot(chat, { rooms: [] })
  const seen: string[] = []
  const heard: string[] = []
  bot.onTicket(({ _id }) => seen.push(_id))
  bot.onMessage(({ message_data }, { leave }) => {
    heard.push(message_data)
    if (message_data === 'Go') leave()
  })
  await bot.start()
  await vi.waitFor(() => expect(seen).toHaveLength(2), 20_000)
  await write(ticket._id, 'First')
  await write(left._id, 'Go')
  await vi.waitFor(() => expect(heard).toHaveLength(2), 20_000)
  for (const { _id } of [ticket, left]) {
    await close(_id)
    await write(_id, `Again ${_id}`)
  }
  await vi.waitFor(() => expect(heard).toContain(`Again ${ticket._id}`), 20_000)
  // Opened again twice, and what it has left it does not hear.
  await close(ticket._id)
  await write(ticket._id, 'Once more')
  await vi.waitFor(() => expect(heard).toContain('Once more'), 20_000)
  expect(heard.slice(2)).toEqual([`Again ${ticket._id}`, 'Once more'])
  expect(seen.filter((id) => id === ticket._id)).toHaveLength(3)
})

it('[PG34] gives the places of tickets that were closed during a cut to others', async () => {
  const { chat, openTicket, close, write } = await openDesk()
  const wire = await overWire(chat)
  const { bot } = openBot(wire, { rooms: [], mostTickets: 1 })
  const seen: string[] = []
  const heard: string[] = []
  bot.onTicket(({ _id }) => seen.push(_id))
  bot.onMessage(({ message_data }) => heard.push(message_data))
  const first = await openTicket()
  await bot.start()
  await vi.waitFor(() => expect(seen).toEqual([first._id]), 20_000)
  let second = first
  await wire.cut(async () => {
    await close(first._id)
    second = await openTicket()
  })
  await vi.waitFor(() => expect(seen).toEqual([first._id, second._id]), 20_000)
  // One that is still open keeps its place.
  await wire.cut(openTicket)
  await write(second._id, 'Still here')
  await vi.waitFor(() => expect(heard).toEqual(['Still here']), 20_000)
  expect(seen).toHaveLength(2)
})

it('[PG34] reads few of the open tickets after a cut, however many there are', async () => {
  const embedded = await embeddedStore({ path: ':memory:' })
  const asked: unknown[] = []
  const list: Store['tickets']['list'] = (...how) => {
    asked.push(how)
    return embedded.tickets.list(...how)
  }
  const store = { ...embedded, tickets: { ...embedded.tickets, list } }
  const { chat, openTicket, close } = await openDesk({ store })
  const first = await openTicket()
  const wire = await overWire(chat)
  const { bot } = openBot(wire, { rooms: [], mostTickets: 1 })
  const seen: string[] = []
  bot.onTicket(({ _id }) => seen.push(_id))
  await bot.start()
  await vi.waitFor(() => expect(seen).toEqual([first._id]), 20_000)
  const others = { workspace_id: 'demo', user_id: 'nobody', product: 'billing' }
  for (let n = 0; n < 450; n += 1) await embedded.tickets.create(aTicket(others))
  asked.length = 0
  await wire.cut(() => close(first._id))
  await vi.waitFor(() => expect(seen).toHaveLength(2), 20_000)
  // One page without a place, and one with it.
  expect(asked).toHaveLength(2)
})

it('[PG34] is given a ticket once that is closed and opened again while it is joined', async () => {
  const { chat, openTicket, close, write } = await openDesk()
  const { _id } = await openTicket()
  let release = (): void => {}
  const held = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined)
  })
  const load = vi.fn(() => held)
  const { bot } = openBot(chat, { rooms: [], positions: { load, save() {} } })
  const seen: string[] = []
  const heard: string[] = []
  bot.onTicket((ticket) => seen.push(ticket._id))
  bot.onMessage(({ message_data }) => heard.push(message_data))
  const agent = await chat.connect('mia', { role: 'agent' })
  await bot.start()
  await vi.waitFor(() => expect(load).toHaveBeenCalled(), 20_000)
  await close(_id)
  await write(_id, 'Again')
  await agent.first('ticket_updated', ({ data }) => data._id === _id && !data.is_closed)
  // By then the bot has been told too.
  await bot.request('get_ticket', { ticket_id: _id })
  release()
  await vi.waitFor(() => expect(heard).toEqual(['Again']), 20_000)
  expect(seen).toEqual([_id])
})

it('[PG34] asks again where it was in a ticket until its positions are there again', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  onTestFinished(() => random.mockRestore())
  const { chat, openTicket } = await openDesk()
  const { _id } = await openTicket()
  let failures = 0
  const load = () => {
    if (failures === 5) return null
    failures += 1
    throw new TypeError('The database is down')
  }
  const { bot, errors } = openBot(chat, { rooms: [], positions: { load, save() {} } })
  const seen: string[] = []
  bot.onTicket((ticket) => seen.push(ticket._id))
  await bot.start()
  await vi.waitFor(() => expect(seen).toEqual([_id]), 20_000)
  expect(errors.splice(0)).toMatchObject([{ message: 'The database is down' }])
})

it('[PG34] goes on looking for tickets until the store is there again', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  onTestFinished(() => random.mockRestore())
  const embedded = await embeddedStore({ path: ':memory:' })
  let failures = 0
  const list: Store['tickets']['list'] = async (...asked) => {
    if (failures === 20) return embedded.tickets.list(...asked)
    failures += 1
    throw new StoreUnavailableError('The store is down')
  }
  const store = { ...embedded, tickets: { ...embedded.tickets, list } }
  const { chat, openTicket } = await openDesk({ store, logger: keptLog().logger })
  const { _id } = await openTicket()
  const { bot, errors } = openBot(chat, { rooms: [] })
  const seen: string[] = []
  bot.onTicket((ticket) => seen.push(ticket._id))
  await bot.start()
  await vi.waitFor(() => expect(seen).toEqual([_id]), 20_000)
  expect(errors.splice(0)).toMatchObject([{ request: 'get_tickets', code: 'unavailable' }])
})

it('[PG35] does not start in a room that it may not hear, until it may', async () => {
  const chat = await openChat(onTestFinished)
  const max = await chat.connect('max', { role: 'admin' })
  const { _id: room } = await max.request('create_room', { kind: 'members', members: [], cid: randomUUID() })
  const { bot } = openBot(chat, { rooms: ['lobby', room] })
  const heard: string[] = []
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await expect(bot.start()).rejects.toMatchObject({ name: 'BotError', request: 'join', code: 'not_found' })
  // Meanwhile it hears nothing, and is not there.
  await say(await inLobby(chat, 'ann'), 'Is there a bot?')
  await expect(bot.request('get_users', { user_ids: ['ann'] })).rejects.toMatchObject({ code: 'unavailable' })
  await max.request('add_members', { room, members: ['bot'] })
  await bot.start()
  await say(max, 'Hello', room)
  await vi.waitFor(() => expect(heard).toEqual(['Hello']), 20_000)
})

it('[PG35] does not start in a room while its positions cannot say where it was there', async () => {
  const chat = await openChat(onTestFinished)
  const load = vi
    .fn<() => Position | null>(() => null)
    .mockImplementationOnce(() => {
      throw new TypeError('The database is down')
    })
  const { bot } = openBot(chat, { positions: { load, save() {} } })
  const heard: string[] = []
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await expect(bot.start()).rejects.toThrow('The database is down')
  await bot.start()
  await say(await inLobby(chat, 'ann'), 'Hello')
  await vi.waitFor(() => expect(heard).toEqual(['Hello']), 20_000)
  expect(load).toHaveBeenCalledTimes(2)
})

it('[PG32] goes on joining a room until the store is there again, and says if it may not any more', async () => {
  // Tries without pauses.
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  onTestFinished(() => random.mockRestore())
  const embedded = await embeddedStore({ path: ':memory:' })
  let failures = 0
  let isDown = false
  const membership: Store['rooms']['membership'] = async (...key) => {
    if (!isDown) return embedded.rooms.membership(...key)
    failures += 1
    throw new StoreUnavailableError('The store is down')
  }
  const store = { ...embedded, rooms: { ...embedded.rooms, membership } }
  const chat = await openChat(onTestFinished, { store, logger: keptLog().logger })
  const max = await chat.connect('max', { role: 'admin' })
  const members = ['bot']
  const { _id: room } = await max.request('create_room', { kind: 'members', members, cid: randomUUID() })
  const wire = await overWire(chat)
  const { bot, errors } = openBot(wire, { rooms: [room] })
  const heard: string[] = []
  bot.onMessage(({ message_data }) => heard.push(message_data))
  await bot.start()
  isDown = true
  await wire.cut()
  await vi.waitFor(() => expect(failures).toBeGreaterThan(20), 30_000)
  isDown = false
  await say(max, 'Hello', room)
  await vi.waitFor(() => expect(heard).toEqual(['Hello']), 20_000)
  expect(errors.splice(0)).toMatchObject([{ request: 'join', code: 'unavailable' }])

  await wire.cut(() => max.request('remove_members', { room, members: ['bot'] }))
  await vi.waitFor(() => expect(errors).toMatchObject([{ request: 'join', code: 'not_found' }]), 20_000)
  errors.splice(0)
})

it('[PG35] says why it cannot start, and fails what is asked of it once it is closed', async () => {
  const chat = await openChat(onTestFinished)
  const { bot } = openBot(chat, { key: 'wrong' })
  for (const _ of [1, 2])
    await expect(bot.start()).rejects.toMatchObject({ name: 'BotError', code: 'unauthenticated' })
  const { bot: closed } = openBot(chat)
  await closed.start()
  await expect(closed.request('get_ticket', { ticket_id: 'none' })).rejects.toMatchObject({
    request: 'get_ticket',
    code: 'not_found',
  })
  await closed.close()
  await expect(closed.conversation('room:lobby').reply('Hello')).rejects.toMatchObject({
    code: 'unavailable',
  })
  const { bot: waiting } = openBot({ url: 'http://127.0.0.1:9' })
  const refused = expect(waiting.start()).rejects.toMatchObject({ code: 'unavailable' })
  await waiting.close()
  await refused
})
