import { randomUUID } from 'node:crypto'
import type { Presence, PushOf } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { inGroups } from '../../../tests/support/sockets.ts'
import { openChat, type TestSocket } from '../../testing/connect.ts'
import { raisedLimits, testWorkspaces } from '../../testing/start-server.ts'

async function presenceOf(socket: TestSocket, user_id: string): Promise<Presence | undefined> {
  return (await socket.request('get_presence', { user_ids: [user_id] })).presences[0]
}

/** Waits for a change of a user that matches. */
async function changed(
  socket: TestSocket,
  user_id: string,
  matches: (one: Presence) => boolean,
): Promise<Presence> {
  const isMeant = (one: Presence) => one.user_id === user_id && matches(one)
  const { presences } = await socket.first('presence_changed', ({ presences }) => presences.some(isMeant))
  return presences.find(isMeant) as Presence
}

const is = (availability: string) => (one: Presence) => one.availability === availability
const plain = { availability: 'online', status_text: null, last_seen_at: null }

it('[PR4] says whether users are there, several devices being one person', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, phone] = [await chat.connect('ann'), await chat.connect('ann')]
  const ben = await chat.connect('ben')
  const { presences } = await ben.request('get_presence', { user_ids: ['zoe', 'ann', 'ben'] })
  expect(presences).toEqual([
    { user_id: 'zoe', availability: 'offline', status_text: null, last_seen_at: null },
    { user_id: 'ann', ...plain },
    { user_id: 'ben', ...plain },
  ])
  phone.socket.disconnect()
  await phone.closed()
  await chat.connect('cem')
  expect(await presenceOf(ben, 'ann')).toMatchObject({ availability: 'online' })
  ann.socket.disconnect()
  const gone = await changed(ben, 'ann', is('offline'))
  expect(Date.parse(gone.last_seen_at ?? '')).toBeGreaterThan(Date.now() - 60_000)
  expect(ben.frames.filter(([event]) => event === 'presence_changed')).toHaveLength(1)
  await chat.connect('ann')
  expect(await changed(ben, 'ann', is('online'))).toEqual({ user_id: 'ann', ...plain })
})

it('[PR4] keeps when somebody was connected last', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  await vi.waitFor(async () => {
    expect((await ben.request('get_users', { user_ids: ['ann'] })).users).toHaveLength(1)
  }, 20_000)
  await presenceOf(ben, 'ann')
  const from = Date.now()
  ann.socket.disconnect()
  await changed(ben, 'ann', is('offline'))
  await vi.waitFor(async () => {
    const one = await presenceOf(ben, 'ann')
    expect(Date.parse(one?.last_seen_at ?? '')).toBeGreaterThanOrEqual(from - 1)
    const { users } = await ben.request('get_users', { user_ids: ['ann'] })
    expect(users[0]?.last_seen_at).toBe(one?.last_seen_at)
  }, 20_000)
})

it('[PR5] tells changes of those whom a connection has asked for, the last 500', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, eve] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('eve')]
  await presenceOf(ben, 'ann')
  await presenceOf(eve, 'ann')
  for (let n = 0; n < 500; n += 100) {
    const user_ids = Array.from({ length: 100 }, (_, at) => `user ${n + at}`)
    await eve.request('get_presence', { user_ids })
  }
  await ann.request('set_presence', { status_text: 'Back at 3' })
  await changed(ben, 'ann', ({ status_text }) => status_text === 'Back at 3')
  await chat.connect('user 499')
  await changed(eve, 'user 499', is('online'))
  const heard = eve.frames.flatMap(([event, data]) =>
    event === 'presence_changed' ? (data as PushOf<'presence_changed'>).presences : [],
  )
  expect(heard.map(({ user_id }) => user_id)).toEqual(['user 499'])
})

it('[PR5, PR8] tells those who follow also what somebody else has asked for since', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, eve] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('eve')]
  const room = 'lobby'
  await ben.request('join', { room })
  await ben.request('get_room_presence', { room })
  await presenceOf(ben, 'ann')
  // More than the server looks at in one second.
  for (const status_text of ['one', 'two', 'three']) {
    await ann.request('set_presence', { status_text })
    expect(await presenceOf(eve, 'ann')).toMatchObject({ status_text })
  }
  await changed(ben, 'ann', ({ status_text }) => status_text === 'three')
  for (const one of [ann, eve]) {
    await one.request('join', { room })
    await one.request('get_room_presence', { room })
  }
  await ben.first('room_presence', ({ data }) => data.count === 3)
})

it('[PR5] tells nobody that others left because the server stops', async () => {
  const chat = await openChat(onTestFinished, { limits: { ...raisedLimits, presenceMs: 20 } })
  const gone = await inGroups(30, (at) => chat.connect(`user ${at}`))
  // The last to come is the last to be sent away.
  const ben = await chat.connect('ben')
  await ben.request('get_presence', { user_ids: gone.map((_, at) => `user ${at}`) })
  await ben.request('join', { room: 'lobby' })
  await gone[0]?.request('join', { room: 'lobby' })
  await ben.request('get_room_presence', { room: 'lobby' })
  const before = ben.frames.length
  await chat.server.close()
  await ben.closed()
  const pushed = ben.frames.slice(before).map(([event]) => event)
  expect(pushed.filter((event) => event.includes('presence'))).toEqual([])
})

it('[PR5] tells of many who come at once together', async () => {
  const chat = await openChat(onTestFinished, { limits: { ...raisedLimits, presenceMs: 300 } })
  const ben = await chat.connect('ben')
  const user_ids = Array.from({ length: 40 }, (_, at) => `user ${at}`)
  await ben.request('get_presence', { user_ids })
  const from = performance.now()
  await Promise.all(user_ids.map((id) => chat.connect(id)))
  const heard = () =>
    ben.frames.flatMap(([event, data]) =>
      event === 'presence_changed' ? (data as PushOf<'presence_changed'>).presences : [],
    )
  await vi.waitFor(() => expect(heard()).toHaveLength(40), 20_000)
  const looks = (performance.now() - from) / 300 + 2
  expect(ben.frames.filter(([event]) => event === 'presence_changed').length).toBeLessThanOrEqual(looks)
})

it('[PR6] shows somebody as they want to be shown, on all their devices', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, phone, ben] = [await chat.connect('ann'), await chat.connect('ann'), await chat.connect('ben')]
  await presenceOf(ben, 'ann')
  const away = { availability: 'away', status_text: 'Lunch' } as const
  expect(await ann.request('set_presence', away)).toEqual({ user_id: 'ann', ...plain, ...away })
  for (const one of [phone, ben])
    expect(await changed(one, 'ann', is('away'))).toEqual({ user_id: 'ann', ...plain, ...away })
  await ann.request('set_presence', { availability: 'offline' })
  expect(await changed(ben, 'ann', is('offline'))).toMatchObject({ status_text: 'Lunch', last_seen_at: null })
  expect(await presenceOf(phone, 'ann')).toMatchObject({ availability: 'offline', status_text: 'Lunch' })
  await phone.request('set_presence', { availability: 'online', status_text: null })
  expect(await changed(ben, 'ann', is('online'))).toEqual({ user_id: 'ann', ...plain })
  const long = { status_text: 'x'.repeat(101) }
  expect(await ann.refusal('set_presence', long)).toBe('invalid_payload')
})

it('[PR7] tells nothing of those who keep it to themselves, nor tells them of others', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  for (const one of [ann, ben]) await one.request('join', { room: 'lobby' })
  await presenceOf(ben, 'ann')
  await presenceOf(ann, 'ben')
  await ben.request('get_room_presence', { room: 'lobby' })
  expect(await ann.request('get_preferences', {})).toEqual({ sends_receipts: true, shows_presence: true })
  const hidden = await ann.request('set_preferences', { shows_presence: false })
  expect(hidden).toEqual({ sends_receipts: true, shows_presence: false })
  expect(await changed(ben, 'ann', is('offline'))).toMatchObject({ last_seen_at: null })
  expect(await ben.first('room_presence')).toEqual({ data: { room: 'lobby', count: 1, user_ids: ['ben'] } })
  expect(await presenceOf(ben, 'ann')).toMatchObject({ availability: 'offline', last_seen_at: null })

  const asked = await ann.request('get_presence', { user_ids: ['ben', 'ann'] })
  expect(asked.presences).toEqual([{ user_id: 'ann', ...plain }])
  expect(await ann.request('get_room_presence', { room: 'lobby' })).toMatchObject({ count: 0, user_ids: [] })
  await ann.settle()
  ann.skip()
  ben.socket.disconnect()
  await ben.closed()
  const cem = await chat.connect('cem')
  await presenceOf(cem, 'ben')
  await cem.request('set_presence', { status_text: 'Here' })
  await cem.first('presence_changed')
  expect((await ann.heard()).map(([event]) => event)).toEqual([])

  await ann.request('set_preferences', { shows_presence: true, sends_receipts: false })
  expect(await ann.request('get_preferences', {})).toEqual({ sends_receipts: false, shows_presence: true })
  expect(await presenceOf(cem, 'ann')).toMatchObject({ availability: 'online' })
  expect(await presenceOf(ann, 'cem')).toMatchObject({ availability: 'online' })
})

it('[PR4] leaves out whom the session may not see, and people of whom one has blocked the other', async () => {
  const workspaces = testWorkspaces.map((one) => ({ ...one, customersMeet: 'acquaintances' as const }))
  const chat = await openChat(onTestFinished, { workspaces })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const agent = await chat.connect('mia', { role: 'agent' })
  const foreign = await chat.connect('ben', { workspace_id: 'other', api_key: 'other-key', role: 'agent' })
  expect(await presenceOf(ann, 'ben')).toBeUndefined()
  expect(await presenceOf(foreign, 'ann')).toMatchObject({ availability: 'offline' })
  const direct = { kind: 'direct' as const, members: ['ben'], cid: randomUUID() }
  expect(await ann.refusal('create_room', direct)).toBe('forbidden')
  const shared = { kind: 'members' as const, members: ['ann', 'ben'], cid: randomUUID() }
  await agent.request('create_room', shared)
  expect(await presenceOf(ann, 'ben')).toMatchObject({ availability: 'online' })

  await presenceOf(ben, 'ann')
  await ben.request('block_user', { user_id: 'ann' })
  expect(await presenceOf(ann, 'ben')).toBeUndefined()
  expect(await presenceOf(ben, 'ann')).toBeUndefined()
  for (const one of [ann, ben]) {
    await one.heard()
    await presenceOf(one, 'mia')
  }
  await ben.request('set_presence', { status_text: 'Here' })
  await agent.request('set_presence', { status_text: 'Here' })
  await changed(ann, 'mia', ({ status_text }) => status_text === 'Here')
  const heard = ann.frames.filter(([event]) => event === 'presence_changed').map(([, data]) => data)
  expect(JSON.stringify(heard)).not.toContain('"ben"')
  await ben.request('unblock_user', { user_id: 'ann' })
  expect(await presenceOf(ann, 'ben')).toMatchObject({ availability: 'online', status_text: 'Here' })
})

it('[PR8] says who is in a room, to those who have joined it', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, phone, ben] = [await chat.connect('ann'), await chat.connect('ann'), await chat.connect('ben')]
  const room = 'lobby'
  for (const one of [ann, phone]) await one.request('join', { room })
  expect(await ann.request('get_room_presence', { room })).toEqual({ room, count: 1, user_ids: ['ann'] })
  expect(await ben.refusal('get_room_presence', { room })).toBe('not_found')
  await ben.request('join', { room })
  expect(await ann.first('room_presence')).toEqual({ data: { room, count: 2, user_ids: ['ann', 'ben'] } })
  const guest = await chat.connect('', { guest: true, api_key: undefined, user_id: undefined, name: 'Gus' })
  await guest.request('join', { room })
  const there = await guest.request('get_room_presence', { room })
  expect([there.count, there.user_ids.slice(0, 2)]).toEqual([3, ['ann', 'ben']])
  expect(await guest.refusal('get_presence', { user_ids: ['ann'] })).toBe('forbidden')
  await ben.request('leave', { room })
  await ann.first('room_presence', ({ data }) => data.count === 2 && !data.user_ids.includes('ben'))
  phone.socket.disconnect()
  guest.socket.disconnect()
  await ann.first('room_presence', ({ data }) => data.count === 1 && data.user_ids.join() === 'ann')
  await ann.request('leave', { room })
  ann.skip()
  await ben.request('join', { room })
  await ben.request('get_room_presence', { room })
  await chat.connect('cem').then((cem) => cem.request('join', { room }))
  await ben.first('room_presence', ({ data }) => data.count === 2)
  expect((await ann.heard()).filter(([event]) => event === 'room_presence')).toEqual([])
})

it('[PR8] names in a room nobody to those whom they have blocked', async () => {
  const chat = await openChat(onTestFinished)
  const room = 'lobby'
  const join = async (name: string): Promise<TestSocket> => {
    const socket = await chat.connect(name)
    await socket.request('join', { room })
    return socket
  }
  const [ann, ben] = [await join('ann'), await join('ben')]
  await ann.request('block_user', { user_id: 'cem' })
  const cem = await join('cem')
  expect(await cem.request('get_room_presence', { room })).toEqual({
    room,
    count: 2,
    user_ids: ['ben', 'cem'],
  })
  expect(await ann.request('get_room_presence', { room })).toMatchObject({ user_ids: ['ann', 'ben'] })
  expect(await ben.request('get_room_presence', { room })).toMatchObject({ count: 3 })
  await join('dan')
  for (const [one, expected] of [
    [ann, ['ann', 'ben', 'dan']],
    [ben, ['ann', 'ben', 'cem', 'dan']],
    [cem, ['ben', 'cem', 'dan']],
  ] as const) {
    const { data } = await one.first('room_presence', ({ data }) => data.user_ids.includes('dan'))
    expect(data).toEqual({ room, count: expected.length, user_ids: expected })
  }
})

it('[PR8] counts everybody in a large room, and names 50', async () => {
  const chat = await openChat(onTestFinished)
  const room = 'lobby'
  const people = await inGroups(60, (at) => chat.connect(`user ${at}`))
  await Promise.all(people.map((one) => one.request('join', { room })))
  const there = await (people[0] as TestSocket).request('get_room_presence', { room })
  expect([there.count, there.user_ids.length, new Set(there.user_ids).size]).toEqual([60, 50, 50])
})

it('[PR9] a workspace may tell nobody who is there', async () => {
  const workspaces = testWorkspaces.map((one) => ({ ...one, presence: false }))
  const chat = await openChat(onTestFinished, { workspaces })
  const ann = await chat.connect('ann', { role: 'admin' })
  await ann.request('join', { room: 'lobby' })
  expect(await ann.refusal('get_presence', { user_ids: ['ann'] })).toBe('forbidden')
  expect(await ann.refusal('get_room_presence', { room: 'lobby' })).toBe('forbidden')
  expect(await ann.refusal('set_presence', { status_text: 'x' })).toBe('forbidden')
  expect(await ann.request('typing', { stream: 'room:lobby', is_typing: true })).toEqual({})
  expect(await ann.request('get_preferences', {})).toHaveProperty('shows_presence')
})

it("[PR11] counts V2's people who have an identity, and tells V2 nothing", async () => {
  const chat = await openChat(onTestFinished)
  const ben = await chat.connect('ben')
  await ben.request('join', { room: 'lobby' })
  await presenceOf(ben, 'ann')
  await ben.request('get_room_presence', { room: 'lobby' })
  const identity = { workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' }
  const [ann, nobody] = [await chat.connectV2(identity), await chat.connectV2()]
  for (const one of [ann, nobody]) {
    one.emit('join', { room: 'lobby' })
    await one.untilHeard('my_response')
  }
  for (const one of [ann, nobody]) await one.heard()
  await changed(ben, 'ann', is('online'))
  await ben.first('room_presence', ({ data }) => data.count === 2 && data.user_ids.join() === 'ann,ben')
  await ben.request('typing', { stream: 'room:lobby', is_typing: true })
  await ben.request('set_presence', { availability: 'away' })
  await ben.first('presence_changed', ({ presences }) => presences.some(is('away')))
  for (const one of [ann, nobody]) expect(one.unread).toEqual([])
  ann.socket.disconnect()
  await changed(ben, 'ann', is('offline'))
})
