import { clientRequests, requests } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import * as z from 'zod/mini'
import { RequestError } from '../errors.ts'
import type { Observable } from '../live/observable.ts'
import { until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'
import { uuid as newCid } from '../uuid.ts'
import { createFakeClient, fixtures } from './index.ts'
import { sample } from './sample.ts'

function openFake(...args: Parameters<typeof createFakeClient>) {
  const fake = createFakeClient(...args)
  onTestFinished(() => fake.close())
  return fake
}

/** Holds something until the end of the test. */
function held<T extends { retain(): () => void }>(one: T): T {
  onTestFinished(one.retain())
  return one
}

const isReady = ({ status, sync }: { status: string; sync: string }) => status === 'ready' && sync === 'live'

async function openLobby(...args: Parameters<typeof createFakeClient>) {
  const fake = openFake(...args)
  const lobby = held(fake.rooms.messages('lobby'))
  await until(lobby, isReady)
  return { fake, lobby }
}

const rowsOf = ({ getSnapshot }: Observable<{ messages: readonly { delivery: string }[] }>) =>
  getSnapshot().messages.map(({ delivery }) => delivery)

it('[KT6] is the real client, online as whom the test says, without a network', async () => {
  const fake = openFake({ user_id: 'zoe', role: 'agent', name: 'Zoe' })
  const { session } = await until(fake.connection, ({ status }) => status === 'online')
  expect(session).toMatchObject({ user_id: 'zoe', role: 'agent', name: 'Zoe', workspace_id: 'demo' })
})

it('[KT6] shows what is sent and received, and records the requests', async () => {
  const { fake, lobby } = await openLobby()
  fake.receive(fixtures.message({ message_data: 'Hi', author: 'bob' }))
  await until(lobby, ({ messages }) => messages.length === 1)
  const sending = lobby.send('Hello')
  expect(rowsOf(lobby)).toEqual(['sent', 'sending'])
  expect(await sending).toMatchObject({ author: 'ann', seq: 2 })
  await until(lobby, ({ messages }) => messages.every(({ delivery }) => delivery === 'sent'))
  expect(textsOf(lobby.getSnapshot().messages)).toEqual(['Hi', 'Hello'])
  expect(fake.requests.map(({ name }) => name)).toContain('join')
  expect(JSON.stringify(fake.requests)).toContain('"message_data":"Hello"')
})

it('[KT7] lets a request fail, wait, or answer what the test says', async () => {
  const { fake } = await openLobby()
  fake.fail('create_ticket', 'not_found', 'No such topic')
  await expect(fake.tickets.create({ product: 'billing' })).rejects.toMatchObject({
    code: 'not_found',
    message: 'No such topic',
  })
  const release = fake.hold('create_ticket')
  const waiting = fake.tickets.create({ product: 'billing' })
  await expect(Promise.race([waiting, Promise.resolve('waits')])).resolves.toBe('waits')
  release()
  await expect(waiting).rejects.toThrow('No such topic')
  fake.answer('create_ticket', ({ product }) => fixtures.ticket({ product, line_manager: 'zoe' }))
  expect(await fake.tickets.create({ product: 'Billing' })).toMatchObject({
    product: 'billing',
    line_manager: 'zoe',
  })
})

it('[KT7] answers every request of the contract with something that it takes', async () => {
  const fake = openFake()
  await until(fake.connection, ({ status }) => status === 'online')
  for (const [name, { data }] of Object.entries(requests)) {
    const made = sample(data)
    expect(z.safeParse(data, made).error?.issues, name).toBeUndefined()
  }
  expect(await fake.request.get_rooms({})).toEqual({ rooms: [], more: false })
  const ticket = await fake.tickets.create({ product: 'refunds' })
  expect(ticket.product).toBe('refunds')
  expect(Object.keys(clientRequests).length).toBeGreaterThan(20)
})

it('[KT8] goes offline, comes back, and is refused, as the real one', async () => {
  const { fake, lobby } = await openLobby()
  fake.goOffline()
  expect(fake.connection.getSnapshot().status).toBe('offline')
  expect(lobby.getSnapshot()).toMatchObject({ status: 'ready', sync: 'offline' })
  fake.receive(fixtures.message({ message_data: 'missed' }))
  await fake.goOnline()
  await until(lobby, isReady)
  expect(textsOf(lobby.getSnapshot().messages)).toEqual(['missed'])
  fake.refuse('forbidden')
  const { error } = await until(fake.connection, ({ status }) => status === 'refused')
  expect(error).toMatchObject({ code: 'forbidden' })
})

it('[KT9] shows at once what the test sets, and what comes later behind it', async () => {
  const { fake, lobby } = await openLobby()
  const heard = vi.fn()
  lobby.subscribe(heard)
  lobby.set({ status: 'ready', messages: [fixtures.row({ message_data: 'set' })], sync: 'catching_up' })
  expect(heard).toHaveBeenCalledTimes(1)
  expect(lobby.getSnapshot()).toBe(lobby.getSnapshot())
  expect(lobby.getSnapshot()).toMatchObject({ status: 'ready', sync: 'catching_up', error: null })
  fake.fail('message_event', 'forbidden')
  await expect(lobby.send('mine')).rejects.toBeInstanceOf(RequestError)
  expect(textsOf(lobby.getSnapshot().messages)).toEqual(['set', 'mine'])
  expect(rowsOf(lobby)).toEqual(['sent', 'failed'])
  lobby.reset()
  expect(rowsOf(lobby)).toEqual(['failed'])
})

it('[KT9] sets any state that a client answers, for each of its arguments', () => {
  const fake = openFake()
  fake.tickets.list().set({ status: 'ready', items: [fixtures.ticket({ product: 'refunds' })] })
  expect(fake.tickets.list().getSnapshot()).toMatchObject({
    status: 'ready',
    sync: 'live',
    items: [{ product: 'refunds' }],
  })
  expect(fake.tickets.list({ product: 'billing' }).getSnapshot().status).toBe('loading')
  const error = new RequestError('get_rooms', { code: 'forbidden', message: 'No', retryable: false })
  fake.rooms.list().set({ status: 'error', error })
  expect(fake.rooms.list().getSnapshot()).toMatchObject({ status: 'error', items: [], error })
  fake.rooms.get('lobby').set({ status: 'ready', data: fixtures.roomInfo({ role: 'owner' }) })
  expect(fake.rooms.get('lobby').getSnapshot()).toMatchObject({ data: { role: 'owner' } })
  fake.connection.set({ status: 'offline' })
  expect(fake.connection.getSnapshot().status).toBe('offline')
})

it('[KT9] shows the calls that the test sets', async () => {
  const fake = openFake()
  const history = held(fake.calls.history({ missed: true }))
  await until(history, isReady)
  expect(history.getSnapshot().items).toEqual([])
  history.set({ status: 'ready', items: [fixtures.callRecord({ is_missed: true })] })
  expect(fake.calls.history({ missed: true }).getSnapshot().items).toMatchObject([{ caller: 'bob' }])
  const ringing = fixtures.incomingCall({ media: 'audio', hasVideo: false })
  fake.calls.set({ current: fixtures.call({ status: 'reconnecting', quality: 'poor' }), incoming: [ringing] })
  expect(fake.calls.getSnapshot()).toMatchObject({
    current: { with: 'bob', status: 'reconnecting', quality: 'poor', endedAt: null },
    incoming: [{ from: 'bob', media: 'audio' }],
  })
  fake.calls.media.set({ microphone: { status: 'on', error: null } })
  expect(fake.calls.media.getSnapshot()).toMatchObject({
    microphone: { status: 'on' },
    camera: { status: 'off' },
  })
  fake.calls.reset()
  expect(fake.calls.getSnapshot()).toEqual({ current: null, incoming: [] })
  await fake.calls.decline(ringing.callId)
  expect(fake.requests.at(-1)).toEqual({ name: 'rejectCall', payload: { callId: ringing.callId } })
})

it('[KT10] has fixtures of every entity, which the contract takes', () => {
  for (const [name, fixture] of Object.entries(fixtures)) expect(fixture(), name).toBeTypeOf('object')
  expect(fixtures.message({ message_data: 'Hi', author: 'bob' })).toMatchObject({
    message_data: 'Hi',
    kind: 'text',
  })
  expect(fixtures.ticket()._id).not.toBe(fixtures.ticket()._id)
  expect(fixtures.ticket().priority).toBe('normal')
  expect(() => fixtures.ticket({ created_at: 'yesterday' })).toThrow(
    'created_at is not what the contract takes',
  )
})

it('[KT6] changes messages, and keeps what came before', async () => {
  const { fake, lobby } = await openLobby({ role: 'agent' })
  fake.receive(fixtures.message({ message_data: 'Hi', author: 'bob' }))
  const sent = await lobby.send('Helo')
  const target = { stream: sent.stream, seq: sent.seq, message_id: sent._id }
  const edited = await fake.request.edit_message({ ...target, message_data: 'Hello', cid: newCid() })
  expect(edited).toMatchObject({ message: { message_data: 'Hello', version: 3 }, changed: true })
  await fake.request.react({ ...target, reaction: '👍', cid: newCid() })
  expect(await fake.request.react({ ...target, reaction: '👍', cid: newCid() })).toMatchObject({
    changed: false,
    message: { reactions: [{ reaction: '👍', count: 1, user_ids: ['ann'] }] },
  })
  await fake.request.pin_message({ ...target, cid: newCid() })
  const { messages } = await fake.request.get_pinned_messages({ stream: sent.stream })
  expect(messages).toMatchObject([{ _id: sent._id, pinned_by: 'ann' }])
  expect((await fake.request.get_message_versions(target)).versions).toMatchObject([{ message_data: 'Helo' }])
  const removed = await fake.request.delete_message({ ...target, cid: newCid() })
  expect(removed.message).toMatchObject({ kind: 'removed', message_data: '' })
  const unknown = { ...target, message_id: newCid(), cid: newCid() }
  await expect(fake.request.delete_message(unknown)).rejects.toMatchObject({ code: 'not_found' })
  const page = await fake.request.get_messages({ stream: sent.stream, around: 2, limit: 2 })
  expect(page).toMatchObject({ entries: [{ nth: 1 }, { nth: 2, kind: 'removed' }], more: false })
})

it('[KT6] answers a thread of a message, and a reply with what it answers', async () => {
  const { fake, lobby } = await openLobby()
  const { stream, seq, _id } = await lobby.send('What is it?')
  await expect(fake.request.join_thread({ thread: _id })).rejects.toMatchObject({ code: 'not_found' })
  const thread = await fake.request.start_thread({ stream, seq, message_id: _id, cid: newCid() })
  expect(thread).toMatchObject({ _id, parent: stream, parent_seq: seq, count: 0 })
  const outgoing = { message_data: 'A thread', cid: newCid() }
  await fake.request.send_messages({ stream: `thread:${_id}`, messages: [outgoing] })
  const known = await fake.request.get_threads({ stream, threads: [_id, newCid()] })
  expect(known.threads).toMatchObject([{ _id, count: 1, last_authors: ['ann'] }])
  expect((await fake.request.join_thread({ thread: _id })).entries).toHaveLength(1)
  expect(await lobby.send('A reply', { reply_to: _id })).toMatchObject({
    quote: { _id, message_data: 'What is it?' },
  })
})

it('[KT6] lists the rooms that were joined, with what is unread of them', async () => {
  const { fake } = await openLobby()
  const created = await fake.rooms.create({ kind: 'members', title: 'Design', members: ['bob'] })
  const mentions = [{ user_id: 'ann', start: 0, end: 3 }]
  const message = { stream: `room:${created._id}`, author: 'bob', created_at: '2026-01-02T00:00:00.000Z' }
  fake.receive(fixtures.message(message))
  fake.receive(fixtures.message({ ...message, mentions }))
  const { rooms } = await fake.request.get_rooms({})
  expect(rooms).toMatchObject([
    { title: 'Design', head: { nth: 2 }, reader: { nth: 0, unread: 2, mentions: 1 } },
    { _id: 'lobby', kind: 'open', last: null, reader: { unread: 0 } },
  ])
  expect(await fake.request.get_unread({})).toEqual({ unread: 2, mentions: 1, rooms: 1, more: false })
  const [{ reader } = fixtures.listedRoom()] = rooms
  expect(await fake.request.mark_read({ stream: reader.stream, nth: 9 })).toMatchObject({ nth: 2, unread: 0 })
  expect(await fake.request.mark_unread({ stream: reader.stream, nth: 2 })).toMatchObject({
    nth: 1,
    unread: 1,
  })
  await fake.request.keep_room({ room: created._id, is_archived: true })
  expect((await fake.request.get_rooms({})).rooms).toMatchObject([{ _id: 'lobby' }])
  expect((await fake.request.get_rooms({ is_archived: true })).rooms).toMatchObject([{ _id: created._id }])
  await fake.request.leave_room({ room: created._id })
  await expect(fake.request.keep_room({ room: created._id })).rejects.toMatchObject({ code: 'not_found' })
})

it('answers who is there with the user and with what the test has pushed', async () => {
  const fake = createFakeClient({ user_id: 'ann' })
  await fake.ready()
  const bob = { user_id: 'bob', availability: 'away', status_text: 'Lunch', last_seen_at: null } as const
  fake.push('presence_changed', { presences: [bob] })
  const { presences } = await fake.request.get_presence({ user_ids: ['bob', 'ann', 'eve'] })
  expect(presences.map(({ availability }) => availability)).toEqual(['away', 'online', 'offline'])
  expect(await fake.presence.set({ availability: 'away' })).toMatchObject({ availability: 'away' })
  expect(await fake.presence.setPreferences({ shows_presence: false })).toMatchObject({
    shows_presence: false,
    sends_receipts: true,
  })
  fake.push('room_presence', { data: { room: 'lobby', count: 7, user_ids: ['bob'] } })
  expect(await fake.request.get_room_presence({ room: 'lobby' })).toMatchObject({ count: 7 })
})
