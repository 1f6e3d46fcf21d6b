import { randomUUID } from 'node:crypto'
import type { PushOf } from '@dowellchat/protocol'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'
import { Reading } from '../../testing/draft-reader.ts'

const stream = 'room:lobby'

const bot = (chat: TestChat, name = 'bot') => chat.connect(name, { role: 'agent', name: `${name} name` })

async function inLobby(chat: TestChat, ...names: readonly string[]): Promise<TestSocket[]> {
  return Promise.all(
    names.map(async (name) => {
      const socket = await chat.connect(name)
      await socket.request('join', { room: 'lobby' })
      return socket
    }),
  )
}

const pushesOf = ({ frames }: TestSocket) =>
  frames.flatMap(([event, data]) => (event === 'message_draft' ? [data as PushOf<'message_draft'>] : []))

let chat: TestChat
beforeEach(async () => {
  chat = await openChat(onTestFinished)
})

it('[PG1, PG2, PG3] shows a message as it is written, until it is there', async () => {
  const [program, [ann, eve], v2] = [
    await bot(chat),
    await inLobby(chat, 'ann', 'eve'),
    await chat.connectV2(),
  ]
  await program.request('join', { room: 'lobby' })
  v2.emit('join', { room: 'lobby' })
  await eve?.request('leave', { room: 'lobby' })
  const cid = randomUUID()
  const words = Array.from({ length: 60 }, (_, at) => `word ${at} 👋 `)
  let from = 0
  const startedAt = performance.now()
  for (const text of words) {
    const { length } = await program.request('draft_message', { stream, cid, from, text })
    from += text.length
    expect(length).toBe(from)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const reading = new Reading(ann as TestSocket)
  await vi.waitFor(() => expect(reading.textOf(cid)).toBe(words.join('')), 20_000)
  const most = Math.ceil((performance.now() - startedAt) / 100) + 1
  const heard = pushesOf(ann as TestSocket)
  expect(heard.length).toBeLessThanOrEqual(most)
  expect(heard.length).toBeLessThan(words.length)
  expect(heard.map(({ n }) => n)).toEqual(heard.map((_, at) => at + 1))
  expect(
    heard.every(
      ({ author, display_name, is_over }) => !is_over && author === 'bot' && display_name === 'bot name',
    ),
  ).toBe(true)

  const message = { room_id: 'lobby', message_data: words.join(''), cid }
  await program.request('message_event', message)
  await (ann as TestSocket).first('entries')
  expect((await (ann as TestSocket).request('get_drafts', { stream })).drafts).toEqual([])
  for (const one of [program, ann, eve, v2] as TestSocket[]) await one.settle()
  expect(pushesOf(ann as TestSocket)).toHaveLength(heard.length)
  for (const one of [program, eve, v2] as TestSocket[]) expect(pushesOf(one)).toEqual([])
  expect(v2.frames.filter(([, data]) => (JSON.stringify(data) ?? '').includes('word 59'))).toHaveLength(1)
})

it('[PG3] says of no draft that ended with its message that it is over', async () => {
  const draftMs = 500
  const brief = await openChat(onTestFinished, { limits: { draftMs } })
  const [program, [ann]] = [await bot(brief), (await inLobby(brief, 'ann')) as [TestSocket]]
  await program.request('join', { room: 'lobby' })
  const cid = randomUUID()
  await program.request('draft_message', { stream, cid, from: 0, text: 'Well' })
  await program.request('message_event', { room_id: 'lobby', message_data: 'Well', cid })
  await ann.first('entries')
  expect((await ann.request('get_drafts', { stream })).drafts).toEqual([])
  await ann.settle()
  const heard = pushesOf(ann).length
  await new Promise((resolve) => setTimeout(resolve, 2 * draftMs + 500))
  await ann.settle()
  expect(pushesOf(ann)).toHaveLength(heard)
})

it('[PG2] lets two drafts of a stream grow side by side, ten times a second together', async () => {
  const [ann] = (await inLobby(chat, 'ann')) as [TestSocket]
  const programs = await Promise.all(['one', 'two'].map((name) => bot(chat, name)))
  const cids = programs.map(() => randomUUID())
  const startedAt = performance.now()
  for (let n = 0; n < 30; n++) {
    const step = { stream, from: n, text: 'x' }
    await Promise.all(
      programs.map((one, at) => one.request('draft_message', { ...step, cid: cids[at] as string })),
    )
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  const reading = new Reading(ann)
  await vi.waitFor(() => {
    for (const cid of cids) expect(reading.textOf(cid)).toBe('x'.repeat(30))
  }, 20_000)
  expect(pushesOf(ann).length).toBeLessThanOrEqual(Math.ceil((performance.now() - startedAt) / 100) + 1)
})

it('[PG3] ends a draft that its author takes back, and one that is not written on', async () => {
  const brief = await openChat(onTestFinished, { limits: { draftMs: 1_000 } })
  const [program, [ann]] = [await bot(brief), (await inLobby(brief, 'ann')) as [TestSocket]]
  const [back, left] = [randomUUID(), randomUUID()]
  for (const cid of [back, left])
    await program.request('draft_message', { stream, cid, from: 0, text: 'Well' })
  const over = (cid: string) => ann.first('message_draft', (one) => one.is_over && one.cid === cid)
  expect(await program.request('end_draft', { stream, cid: back })).toEqual({})
  await over(back)
  expect(await program.request('end_draft', { stream, cid: back })).toEqual({})
  await over(left)
  expect((await ann.request('get_drafts', { stream })).drafts).toEqual([])
  await ann.settle()
  expect(pushesOf(ann).filter(({ is_over }) => is_over)).toHaveLength(2)
})

it('[PG4] takes steps that are sent at once in their order, and the whole again after a cut', async () => {
  const [program, [ann]] = [await bot(chat), (await inLobby(chat, 'ann')) as [TestSocket]]
  const cid = randomUUID()
  const write = (from: number, text: string, to = program) =>
    to.request('draft_message', { stream, cid, from, text })
  expect(await program.refusal('draft_message', { stream, cid, from: 1, text: 'x' })).toBe('conflict')
  await Promise.all([write(0, 'One, '), write(5, 'two, '), write(10, 'three')])
  const reading = new Reading(ann)
  await vi.waitFor(() => expect(reading.textOf(cid)).toBe('One, two, three'), 20_000)
  expect(await program.refusal('draft_message', { stream, cid, from: 16, text: 'x' })).toBe('conflict')
  program.socket.disconnect()
  const again = await bot(chat)
  await write(0, 'One, two, three, four', again)
  const { from, text } = await ann.first('message_draft', (one) => one.text.includes('four'))
  expect([from, text]).toEqual([15, ', four'])
  await write(4, '2', again)
  await vi.waitFor(() => expect(reading.textOf(cid)).toBe('One,2'), 20_000)
})

it('[PG5] refuses those who may not write there', async () => {
  const admin = await chat.connect('max', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  const ann = await chat.connect('ann')
  const ticket = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const ofTicket = { stream: `ticket:${ticket._id}`, cid: randomUUID(), from: 0, text: 'Well' }
  const program = await bot(chat)
  const room = await admin.request('create_room', { kind: 'members', members: ['ann'], cid: randomUUID() })
  const inRoom = { ...ofTicket, stream: `room:${room._id}` }
  expect(await ann.refusal('draft_message', ofTicket)).toBe('forbidden')
  expect(await program.refusal('draft_message', inRoom)).toBe('not_found')
  expect(await program.refusal('draft_message', { ...ofTicket, stream: 'ticket:none' })).toBe('not_found')
  expect(await program.refusal('draft_message', { ...ofTicket, stream: 'notes:none' })).toBe('not_found')
  for (const name of ['get_drafts', 'stop_draft', 'end_draft'] as const)
    expect(await program.refusal(name, { stream: inRoom.stream, cid: ofTicket.cid })).toBe('not_found')

  await ann.request('join_ticket', { ticket_id: ticket._id })
  await program.request('draft_message', ofTicket)
  await ann.first('message_draft', ({ text }) => text === 'Well')
  await program.request('close_ticket', { ticket_id: ticket._id })
  // It is asked again within some seconds.
  await vi.waitFor(
    async () => expect(await program.refusal('draft_message', ofTicket)).toBe('ticket_closed'),
    { timeout: 20_000, interval: 500 },
  )
  await ann.first('message_draft', ({ is_over }) => is_over)
})

it('[PG6, PG7] says what is being written to who comes later, and asks its author to stop', async () => {
  const [program, phone] = [await bot(chat), await bot(chat)]
  const cid = randomUUID()
  await program.request('draft_message', { stream, cid, from: 0, text: 'Well, ' })
  await program.request('draft_message', { stream, cid, from: 6, text: 'it is' })
  const [ann] = (await inLobby(chat, 'ann')) as [TestSocket]
  const { drafts } = await ann.request('get_drafts', { stream })
  expect(drafts).toMatchObject([{ stream, cid, author: 'bot', text: 'Well, it is' }])
  const reading = new Reading(ann, drafts)
  await program.request('draft_message', { stream, cid, from: 11, text: ' so' })
  await vi.waitFor(() => expect(reading.textOf(cid)).toBe('Well, it is so'), 20_000)

  expect(await ann.request('stop_draft', { stream, cid })).toEqual({})
  for (const one of [program, phone])
    expect(await one.first('draft_stop')).toEqual({ stream, cid, user_id: 'ann' })
  expect(await ann.refusal('stop_draft', { stream, cid: randomUUID() })).toBe('not_found')
  const foreign = await chat.connect('ann', { workspace_id: 'other', api_key: 'other-key' })
  expect((await foreign.request('get_drafts', { stream })).drafts).toEqual([])
  expect(await foreign.refusal('stop_draft', { stream, cid })).toBe('not_found')
})

it('[PG8] takes no more of a draft than a message may have, and goes on after that', async () => {
  const program = await bot(chat)
  const cid = randomUUID()
  const write = (from: number, text: string, one = cid) => ({ stream, cid: one, from, text })
  await program.request('draft_message', write(0, 'x'.repeat(16_000)))
  await program.request('draft_message', write(16_000, 'x'.repeat(16_000)))
  expect(await program.refusal('draft_message', write(32_000, 'x'))).toBe('limit_reached')
  expect(await program.request('draft_message', write(10, 'x'))).toEqual({ length: 11 })
})

it('[PG8] bounds the drafts of a stream, of an author and of a server', async () => {
  const limits = { streamDrafts: 2, userDrafts: 3, draftCharacters: 10_000 }
  const bounded = await openChat(onTestFinished, { limits })
  const [program, other] = [await bot(bounded), await bot(bounded, 'other')]
  const write = (to: TestSocket, room: string, text = 'x', cid = randomUUID()) =>
    to.request('draft_message', { stream: `room:${room}`, cid, from: 0, text })
  const refused = (to: TestSocket, room: string, text = 'x') =>
    to.refusal('draft_message', { stream: `room:${room}`, cid: randomUUID(), from: 0, text })
  const cid = randomUUID()
  await write(program, 'a', 'x', cid)
  await write(program, 'a')
  expect(await refused(other, 'a')).toBe('limit_reached')
  await write(program, 'b')
  expect(await refused(program, 'c')).toBe('limit_reached')
  expect(await refused(other, 'c', 'x'.repeat(9_900))).toBe('limit_reached')
  // What is over makes place.
  await program.request('end_draft', { stream: 'room:a', cid })
  await write(other, 'a', 'x'.repeat(8_000))
  await write(program, 'c')
  expect(await refused(other, 'd', 'x'.repeat(8_000))).toBe('limit_reached')
})
