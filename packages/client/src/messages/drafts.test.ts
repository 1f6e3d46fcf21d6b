import { expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClient } from '../fake-client/create-fake-client.ts'
import { fixtures } from '../fake-client/fixtures.ts'
import { openChat, until } from '../testing/chat.ts'
import { uuid } from '../uuid.ts'
import type { LiveStream } from './live-stream.ts'
import type { DraftRow } from './message-rows.ts'

const stream = 'room:lobby'
const rowsOf = (room: LiveStream) => room.getSnapshot().messages
const textsOf = (room: LiveStream) =>
  rowsOf(room).map(({ delivery, message }) => [delivery, message.message_data])
const draftsOf = (room: LiveStream) => rowsOf(room).filter((row): row is DraftRow => row.delivery === 'draft')

/** A fake client that shows the lobby, and has asked for what is being written there. */
async function openLobby() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const room = fake.rooms.messages('lobby')
  const letGo = room.retain()
  onTestFinished(letGo)
  const asked = () => fake.requests.filter(({ name }) => name === 'get_drafts').length
  await vi.waitFor(() => expect(asked()).toBe(1), 30_000)
  await fake.request.get_all_topics({})
  const draft = { stream, cid: uuid(), author: 'bot', display_name: 'Bot' }
  const step = async (n: number, from: number, text: string, more: object = {}) => {
    fake.push('message_draft', { ...draft, n, from, text, is_over: false, ...more })
    // So that the push was read.
    await fake.request.get_all_topics({})
  }
  return { fake, room, letGo, asked, draft, step }
}

it('[PG20, PG25] shows what others write as a row that grows and becomes their message', async () => {
  const { fake, room, draft, step } = await openLobby()
  fake.receive(fixtures.message({ stream, author: 'bob', message_data: 'Is it?' }))
  await step(1, 0, 'Well, ')
  fake.hold('message_event')
  fake.hold('send_messages')
  void room.send('Hello?').catch(() => undefined)
  await step(2, 6, 'it is')
  expect(textsOf(room)).toEqual([
    ['sent', 'Is it?'],
    ['draft', 'Well, it is'],
    ['sending', 'Hello?'],
  ])
  const [row] = draftsOf(room)
  expect(row).toMatchObject({
    status: 'draft',
    isOwn: false,
    error: null,
    message: { author: 'bot', seq: null },
  })
  const other = { ...draft, cid: uuid() }
  await step(1, 0, 'Also', other)
  const lengths: number[] = []
  onTestFinished(room.subscribe(() => lengths.push(rowsOf(room).length)))
  fake.receive(fixtures.message({ ...draft, message_data: 'Well, it is so' }))
  await fake.request.get_all_topics({})
  expect(textsOf(room)).toEqual([
    ['sent', 'Is it?'],
    ['sent', 'Well, it is so'],
    ['draft', 'Also'],
    ['sending', 'Hello?'],
  ])
  expect(rowsOf(room)[1]?.key).toBe(row?.key)
  expect(new Set(lengths)).toEqual(new Set([4]))
  // Its changes are shown in this row.
  const { message } = rowsOf(room)[1] ?? {}
  if (message?._id) await room.react(message as never, '👍')
  expect(rowsOf(room)[1]).toMatchObject({ key: row?.key, reactions: [{ reaction: '👍', isOwn: true }] })
  // A late step is of what is there.
  await step(3, 11, ' so')
  await step(1, 0, 'Well')
  expect(draftsOf(room).map(({ message }) => message.message_data)).toEqual(['Also'])
  expect((await fake.request.get_drafts({ stream })).drafts.map(({ cid }) => cid)).toContain(other.cid)
})

it('[PG20] shows a draft of the user’s other device under the key of their message', async () => {
  const { fake, room, draft, step } = await openLobby()
  await step(1, 0, 'Mine', { author: 'ann' })
  const [row] = draftsOf(room)
  expect(row).toMatchObject({ key: draft.cid, isOwn: true })
  fake.receive(fixtures.message({ ...draft, author: 'ann', message_data: 'Mine' }))
  await fake.request.get_all_topics({})
  expect(rowsOf(room).map(({ key, delivery }) => [key, delivery])).toEqual([[draft.cid, 'sent']])
})

it('[PG21] asks for what it has missed, and shows what is right then', async () => {
  const { fake, room, asked, draft, step } = await openLobby()
  await step(1, 0, 'One, ')
  const answer = { ...draft, n: 4, text: 'One, two, three, four, ' }
  fake.answer('get_drafts', () => ({ drafts: [answer] }))
  await step(3, 10, 'three, ')
  expect(textsOf(room)).toEqual([['draft', 'One, ']])
  await step(4, 17, 'four, ')
  await vi.waitFor(() => expect(textsOf(room)).toEqual([['draft', answer.text]]), 30_000)
  await step(5, 23, 'five')
  expect(textsOf(room)).toEqual([['draft', `${answer.text}five`]])
  expect(asked()).toBe(2)
  // What begins anew needs nothing before it.
  await step(1, 0, 'One')
  expect(textsOf(room)).toEqual([['draft', 'One']])
  // A draft of which the beginning was missed.
  const other = { ...draft, cid: uuid() }
  fake.answer('get_drafts', () => ({
    drafts: [
      { ...draft, n: 1, text: 'One' },
      { ...other, n: 2, text: 'Else' },
    ],
  }))
  for (let n = 2; n < 12; n++) await step(n, n, 'x', other)
  await vi.waitFor(() => expect(textsOf(room)).toHaveLength(2), 30_000)
  expect(asked()).toBeLessThanOrEqual(4)
  // What has ended while it was away.
  fake.answer('get_drafts', () => ({ drafts: [] }))
  fake.goOffline()
  await fake.goOnline()
  await vi.waitFor(() => expect(textsOf(room)).toEqual([]), 30_000)
})

it('[PG22] lets go of drafts that are over, or of which it hears nothing more', async () => {
  const { room, letGo, draft, step } = await openLobby()
  await step(1, 0, 'One')
  await step(2, 0, '', { is_over: true })
  expect(textsOf(room)).toEqual([])
  for (let n = 0; n < 25; n++) await step(1, 0, `Draft ${n}`, { cid: uuid() })
  expect(textsOf(room)).toHaveLength(20)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  await step(1, 0, 'again', { cid: draftsOf(room)[3]?.message.cid as string })
  await vi.advanceTimersByTimeAsync(31_000)
  await step(2, 5, ' and again', { cid: draftsOf(room)[3]?.message.cid as string })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(textsOf(room)).toEqual([['draft', 'again and again']])
  await step(1, 0, 'One', draft)
  letGo()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(draftsOf(room)).toEqual([])
})

it('[PG20, PG21, PG23] shows what a program writes in rooms, tickets and threads, and asks it to stop', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  const bot = client('bot', { role: 'admin', name: 'Bot' })
  for (const one of [ann, bot]) onTestFinished(one.connect())
  await bot.topics.create({ name: 'billing' })
  const ticket = await ann.tickets.create({ product: 'billing' })
  const message = await ann.rooms.messages('lobby').send('Hello')
  await ann.threads.messages(message).send('And?')
  const places = [
    [stream, ann.rooms.messages('lobby')],
    [`ticket:${ticket._id}`, ann.tickets.messages(ticket._id)],
    [`thread:${message._id}`, ann.threads.messages(message)],
  ] as const
  for (const [name, room] of places) {
    const cid = uuid()
    // Before somebody looks.
    await bot.request.draft_message({ stream: name, cid, from: 0, text: 'Well, ' })
    onTestFinished(room.retain())
    await until(room, () => draftsOf(room)[0]?.message.message_data === 'Well, ')
    await bot.request.draft_message({ stream: name, cid, from: 6, text: 'it is' })
    await until(room, () => draftsOf(room)[0]?.message.message_data === 'Well, it is')
    const [row] = draftsOf(room) as [DraftRow]
    const stopped = new Promise((resolve) => {
      onTestFinished(bot.on.draft_stop(resolve))
    })
    await room.stopDraft(row)
    expect(await stopped).toEqual({ stream: name, cid, user_id: 'ann' })
    const message_data = 'Well, it is'
    await bot.request.send_messages({ stream: name, messages: [{ cid, message_data }] })
    await until(room, () => rowsOf(room).at(-1)?.delivery === 'sent')
    expect(rowsOf(room).at(-1)).toMatchObject({ key: row.key, message: { message_data } })
    // It has ended meanwhile.
    await room.stopDraft(row)
  }
})
