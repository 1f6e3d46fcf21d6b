import type { KeyScope, Message } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { entriesIn, messagesIn, openChat } from '../src/testing/connect.ts'
import { draft } from '../src/testing/store-cases/making.ts'
import type { UnreadEvent } from '../src/webhooks/unread-events.ts'
import { eraseAll, exportAll, operatorAuth } from './support/erasing.ts'
import { now, secret, sign } from './support/foreign-tokens.ts'
import { leave } from './support/unread-scene.ts'

const keyPepper = 'a pepper of this test, long enough'
const canary = 'ann-canary'

/** A server, with an operator's socket that may export and erase, and `plain` for sockets with a key that may not. */
async function openErasing(options: Partial<ChatServerOptions> = {}) {
  const store = await embeddedStore({ path: ':memory:' })
  const keyWith = (scopes: KeyScope[]) => operatorAuth(store, keyPepper, scopes)
  const [erasing, plain] = [await keyWith(['export', 'erase']), await keyWith([])]
  const tokens = { secrets: [secret] }
  const chat = await openChat(onTestFinished, { store, keyPepper, tokens, ...options })
  return { chat, store, plain, operator: await chat.connect('root', erasing) }
}

const said = (room_id: string, message_data: string) => ({
  room_id,
  message_data,
  cid: crypto.randomUUID(),
})

it('[PD1] exports everything of a person in pages, without secrets and without what others wrote', async () => {
  const { chat, operator } = await openErasing()
  const [ann, ben] = [await chat.connect(canary, { name: 'Ann' }), await chat.connect('ben')]
  const long = 'x'.repeat(15_000)
  for (let n = 0; n < 20; n++) await ann.request('message_event', said('r', `${n} ${long}`))
  await ben.request('message_event', said('r', 'of ben'))
  const [user, reader, ...rows] = await exportAll(operator, canary)
  expect(user).toMatchObject({ collection: 'users', row: { user_id: canary, name: 'Ann' } })
  expect(reader).toMatchObject({ collection: 'readers', row: { user_id: canary, stream: 'room:r', nth: 20 } })
  expect(rows.map(({ collection }) => collection)).toEqual(Array.from({ length: 20 }, () => 'entries'))
  expect(rows.map(({ row }) => row.seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  expect(rows[0]?.row).toMatchObject({ author: canary, message_data: `0 ${long}`, display_name: 'Ann' })
  expect(JSON.stringify(await exportAll(operator, 'root'))).not.toMatch(/hash|fingerprint/)
  expect(await operator.refusal('export_user', { user_id: canary, after: 'somewhere' })).toBe(
    'invalid_payload',
  )
})

it('[PD2] erases a person while others watch: their rows become removed, and tickets lose the name', async () => {
  const { chat, store, operator } = await openErasing()
  const admin = await chat.connect('boss', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: crypto.randomUUID() })
  const [ann, ben] = [
    await chat.connect(canary, { name: canary }),
    await chat.connect('ben', { role: 'agent' }),
  ]
  await ben.request('join', { room: 'r' })
  for (const text of ['one', 'two']) await ann.request('message_event', said('r', `${canary} ${text}`))
  const kept = await ben.request('message_event', said('r', 'of ben'))
  await ann.request('create_ticket', { product: 'billing', cid: crypto.randomUUID() })
  await ben.heard(1)
  const before = ben.frames.length
  // Two messages, the ticket, and what the room was to them.
  expect(await eraseAll(operator, canary)).toBe(4)
  await ben.settle()
  const news = ben.frames.slice(before)
  expect(entriesIn(news)).toMatchObject([{ type: 'deletion', targets: [1, 2], reason: 'erased', seq: 4 }])
  const updated = news.find(([event]) => event === 'ticket_updated')
  expect(updated).toMatchObject(['ticket_updated', { data: { display_name: null } }])
  expect(JSON.stringify(news)).not.toContain(canary)
  const page = await ben.request('join', { room: 'r' })
  expect(JSON.stringify(page)).not.toContain(canary)
  expect(page.entries).toEqual([
    ...[1, 2].map((seq) => expect.objectContaining({ seq, kind: 'removed', author: null, message_data: '' })),
    kept,
  ])
  expect(await eraseAll(operator, canary)).toBe(0)
  expect((await store.personal.read('demo', [canary], null)).rows).toEqual([])
  expect(messagesIn(news)).toEqual([])
})

it('[PD2] leaves nothing of who has called somebody, and was missed', async () => {
  const told: UnreadEvent[] = []
  const onUnread = (event: UnreadEvent) => void told.push(event)
  const { chat, store, operator } = await openErasing({ onUnread, metrics: true })
  const ann = await chat.connect(canary)
  await leave(chat, await chat.connect('ben'))
  const seen = async () => (await ann.request('get_users', { user_ids: ['ben'] })).users.length
  await expect.poll(seen).toBe(1)
  await ann.ask('callUser', { userToCall: 'ben', signalData: 'x', cid: crypto.randomUUID() })
  await expect.poll(() => told).toMatchObject([{ user_id: 'ben', caller: canary }])
  const kept = async () => (await store.personal.read('demo', ['ben'], null)).rows
  // Written once it was told.
  await expect.poll(async () => (await kept()).map(({ collection }) => collection)).toContain('notices')

  await eraseAll(operator, canary)

  expect(JSON.stringify(await kept())).not.toContain(canary)
})

it('[MB6] passes the room of an erased owner to its oldest member, and closes one without members', async () => {
  const { chat, store, operator } = await openErasing()
  const [ann, ben, cy] = [await chat.connect(canary), await chat.connect('ben'), await chat.connect('cy')]
  const make = (members: string[]) =>
    ann.request('create_room', { kind: 'members', members, cid: crypto.randomUUID() })
  const [room, alone] = [await make(['ben', 'cy']), await make([])]
  for (const socket of [ben, cy]) await socket.heard()

  await eraseAll(operator, canary)

  for (const socket of [ben, cy]) {
    const news = await socket.heard()
    const told = (name: string) => news.filter(([event]) => event === name).map(([, data]) => data)
    expect(told('member_changed')).toMatchObject([
      { room: room._id, changes: [{ user_id: 'ben', role: 'owner' }] },
    ])
    expect(told('room_updated')).toContainEqual({
      data: expect.objectContaining({ _id: room._id, owner: 'ben', member_count: 2 }),
    })
    expect(JSON.stringify(news)).not.toContain(canary)
  }
  expect((await ben.request('get_room', { room: room._id })).role).toBe('owner')
  expect((await ben.request('remove_members', { room: room._id, members: ['cy'] })).member_count).toBe(1)
  expect((await store.rooms.get('demo', alone._id))?.closed_at).toEqual(expect.any(String))
})

it('[CH10] leaves nothing of what an erased person has written or done to messages', async () => {
  const { chat, store, operator } = await openErasing()
  const [ann, ben] = [await chat.connect(canary, { role: 'agent' }), await chat.connect('ben')]
  await ben.request('join', { room: 'r' })
  const of = ({ stream, seq, _id: message_id }: Message) => ({
    stream,
    seq,
    message_id,
    cid: crypto.randomUUID(),
  })
  const secret = await ann.request('message_event', said('r', 'secret one'))
  for (const text of ['secret two', 'secret three'])
    await ann.request('edit_message', { ...of(secret), message_data: text })
  const mentions = [{ user_id: canary, start: 0, end: 4 }]
  const bens = await ben.request('message_event', { ...said('r', '@Ann Hi'), mentions })
  await ben.request('edit_message', { ...of(bens), message_data: '@Ann Hello', mentions })
  for (const socket of [ann, ben]) {
    await socket.request('react', { ...of(bens), reaction: '👍' })
    await socket.request('react', { ...of(secret), reaction: '👍' })
  }
  await ann.request('pin_message', of(bens))
  const key = { workspace_id: 'demo', stream: 'room:r' }
  const quote = {
    _id: secret._id,
    seq: 1,
    nth: 1,
    author: canary,
    display_name: null,
    message_data: 'secret',
  }
  await store.streams.append(key, [draft({ reply_to: secret._id, reply_seq: 1, quote, author: 'ben' })])
  const exported = JSON.stringify(await exportAll(operator, canary))
  expect([exported.includes('secret one'), exported.includes('Hello')]).toEqual([true, false])
  await ben.settle()
  const before = ben.frames.length

  await eraseAll(operator, canary)

  await ben.settle()
  // But for the reply, which no server has appended.
  const news = entriesIn(ben.frames.slice(before)).filter(({ type }) => type !== 'message')
  expect(news.map((entry) => ('change' in entry ? [entry.change, entry.by] : entry.type))).toEqual([
    'deletion',
    ['unreacted', null],
  ])
  const { entries } = await store.streams.entries(key, 0)
  const kept = [...entries.map(({ text }) => text), await store.streams.pinned(key)].join()
  expect([kept.includes(canary), kept.includes('secret')]).toEqual([false, false])
  const page = await ben.request('get_messages', { stream: 'room:r', before: 9 })
  const message = page.entries.find(({ seq }) => seq === bens.seq) as Message
  expect(message).toMatchObject({
    message_data: '@Ann Hello',
    reactions: [{ reaction: '👍', count: 1, user_ids: ['ben'] }],
    mentions: [{ user_id: expect.stringMatching(/^erased:/) }],
  })
  expect([typeof message.pinned_at, message.pinned_by]).toEqual(['string', undefined])
  expect((await store.personal.read('demo', [canary], null)).rows).toEqual([])
  expect(await eraseAll(operator, canary)).toBe(0)
})

it('[PD5] ends the sessions of whom it erases, refuses what was issued before, and keeps no word of whose it was', async () => {
  const { chat, store, operator } = await openErasing()
  const enter = (sub: string, iat: number) => chat.open({ protocol: 1, token: sign({ sub, iat }) })
  const [ann, ben] = [enter(canary, now() - 10), enter('ben', now() - 10)]
  for (const socket of [ann, ben]) await socket.first('hello')
  await eraseAll(operator, canary)
  await expect.poll(() => ann.frames.at(-1)).toEqual(['disconnect', 'transport close'])
  const [[event, data] = []] = await enter(canary, now() - 10).heard(1)
  expect([event, data]).toMatchObject(['connect_error', { code: 'unauthenticated', details: 'revoked' }])
  expect(await ben.ask('join', { room: 'r' })).not.toHaveProperty('error')
  const changes = await store.changes.after(0)
  expect(changes).toMatchObject([{ change: { kind: 'sessions_revoked' } }])
  expect(JSON.stringify(changes)).not.toContain(canary)
  expect(await store.revocations.get('demo', canary)).toBeNull()
  expect((await enter(canary, now() + 1).first('hello')).user_id).toBe(canary)
})

it('[PD3] is for server keys with the scope alone, and nobody else learns whether there is anything', async () => {
  const { chat, plain: keyOnly } = await openErasing()
  const admin = await chat.connect('boss', { role: 'admin' })
  const plain = await chat.connect('root', keyOnly)
  for (const socket of [admin, plain, await chat.connect('ann')]) {
    for (const user_id of ['boss', 'nobody']) {
      expect(await socket.refusal('export_user', { user_id })).toBe('forbidden')
      expect(await socket.refusal('erase_user', { user_id })).toBe('forbidden')
    }
  }
})
