import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { openChat, type TestSocket } from '../../testing/connect.ts'

const minuteMs = 60_000
const cid = () => randomUUID()

/** A room that ann owns and ben is in, and an admin. */
async function openRoom() {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const ben = await chat.connect('ben')
  const root = await chat.connect('root', { role: 'admin' })
  const room = await ann.request('create_room', { kind: 'members', members: ['ben'], cid: cid() })
  for (const socket of [ann, ben]) await socket.request('join', { room: room._id })
  for (const socket of [ann, ben, root]) await socket.heard()
  const mute = (for_ms: number, user_id = 'ben', by: TestSocket = ann) =>
    by.ask('mute_member', { room: room._id, user_id, for_ms })
  return { chat, ann, ben, root, room: room._id, mute }
}

const say = (socket: TestSocket, room_id: string, id = cid()) =>
  socket.ask('message_event', { room_id, message_data: 'hello', cid: id })

const codeOf = async (answer: Promise<unknown>) =>
  ((await answer) as { error?: { code: string } }).error?.code ?? 'ok'

async function canOf(socket: TestSocket, room: string): Promise<string[]> {
  return (await socket.request('get_room', { room })).can
}

it('[MO1] keeps a muted member from writing until a time, which everybody in the room is told', async () => {
  const { chat, ann, ben, room, mute } = await openRoom()
  const before = chat.server.clock.now()
  const { data: member } = (await mute(minuteMs)) as { data: { muted_until: string } }

  expect(member).toMatchObject({ user_id: 'ben', role: 'member', joined_at: expect.any(String) })
  expect(Date.parse(member.muted_until) - before).toBeGreaterThanOrEqual(minuteMs)
  for (const socket of [ann, ben])
    expect(await socket.heard()).toEqual([
      ['member_changed', { room, changes: [member], version: 2 }],
      ['room_updated', { data: expect.objectContaining({ _id: room, version: 2 }) }],
    ])
  const { members } = await ann.request('get_room_members', { room })
  expect(members.map(({ muted_until }) => muted_until)).toEqual([null, member.muted_until])

  expect(await say(ben, room)).toMatchObject({
    error: {
      code: 'forbidden',
      message: `You may not write here until ${member.muted_until}`,
      details: { muted_until: member.muted_until },
      retryable: false,
    },
  })
  const messages = [{ message_data: 'x', cid: cid() }]
  expect(await ben.refusal('send_messages', { stream: `room:${room}`, messages })).toBe('forbidden')
  expect((await say(ann, room)).status).toBe('success')
  const { entries } = await ben.request('get_messages', { stream: `room:${room}`, before: 2 })
  expect(entries).toHaveLength(1)

  await chat.server.clock.advance(minuteMs + 1_000)
  expect((await say(ben, room)).status).toBe('success')
  expect((await ann.request('get_room_members', { room })).members[1]?.muted_until).toBe(null)
})

it('[MO1] answers a muted or blocked member what was stored before, as ever, where the first answer was lost', async () => {
  const { chat, ann, ben, room, mute } = await openRoom()
  const stream = `room:${room}`
  const [first, edit, heart, threaded] = [cid(), cid(), cid(), cid()]
  const { data: sent } = (await say(ben, room, first)) as { data: { seq: number; _id: string } }
  const target = { stream, seq: sent.seq, message_id: sent._id }
  const thread = await ben.request('start_thread', { ...target, cid: cid() })
  const inThread = { stream: `thread:${thread._id}`, messages: [{ message_data: 'in it', cid: threaded }] }
  await ben.request('send_messages', inThread)
  await ben.request('edit_message', { ...target, message_data: 'edited', cid: edit })
  await ben.request('react', { ...target, reaction: 'ok', cid: heart })
  await mute(minuteMs)
  expect(await say(ben, room, first)).toMatchObject({ status: 'success', data: { _id: sent._id } })
  const messages = [
    { message_data: 'hello', cid: first },
    { message_data: 'new', cid: cid() },
  ]
  const { results } = await ben.request('send_messages', { stream, messages })
  expect(results).toMatchObject([{ message: { _id: sent._id } }, { error: { code: 'forbidden' } }])
  expect((await ben.request('send_messages', inThread)).results).toMatchObject([
    { message: { cid: threaded } },
  ])
  const repeated = { message: { _id: sent._id }, changed: false }
  expect(await ben.request('edit_message', { ...target, message_data: 'edited', cid: edit })).toMatchObject(
    repeated,
  )
  expect(await ben.request('react', { ...target, reaction: 'ok', cid: heart })).toMatchObject(repeated)
  expect(await ben.refusal('react', { ...target, reaction: 'new', cid: cid() })).toBe('forbidden')

  const pair = await ann.request('create_room', { kind: 'direct', members: ['cleo'], cid: cid() })
  const cleo = await chat.connect('cleo')
  const id = cid()
  await say(cleo, pair._id, id)
  await ann.request('block_user', { user_id: 'cleo' })
  expect(await codeOf(say(cleo, pair._id, id))).toBe('ok')
  expect(await codeOf(say(cleo, pair._id))).toBe('forbidden')
})

it('[MO1] keeps a muted member from editing, reacting and threads, but not from deleting their own', async () => {
  const { ann, ben, room, mute } = await openRoom()
  const stream = `room:${room}`
  const sent = (await say(ben, room)) as { data: { seq: number; _id: string } }
  const target = { stream, seq: sent.data.seq, message_id: sent.data._id }
  const anns = (await say(ann, room)) as { data: { seq: number; _id: string } }
  const { seq, _id: message_id } = anns.data
  await ann.request('start_thread', { stream, seq, message_id, cid: cid() })
  const thread = [{ message_data: 'in the thread', cid: cid() }]
  await mute(minuteMs)
  expect(await ben.refusal('edit_message', { ...target, message_data: 'x', cid: cid() })).toBe('forbidden')
  expect(await ben.refusal('react', { ...target, reaction: '👍', cid: cid() })).toBe('forbidden')
  expect(await ben.refusal('start_thread', { ...target, cid: cid() })).toBe('forbidden')
  const inThread = { stream: `thread:${message_id}`, messages: thread }
  expect(await ben.refusal('send_messages', inThread)).toBe('forbidden')
  expect((await ben.request('delete_message', { ...target, cid: cid() })).changed).toBe(true)
})

it('[MO1] lets a member write again once the mute is ended, and tells so once', async () => {
  const { ann, ben, room, mute } = await openRoom()
  await mute(minuteMs)
  await mute(2 * minuteMs)
  expect(await mute(0)).toMatchObject({ data: { user_id: 'ben', muted_until: null } })
  expect((await say(ben, room)).status).toBe('success')
  await ann.heard()
  expect(await mute(0)).toMatchObject({ data: { user_id: 'ben', muted_until: null } })
  expect(await ann.heard()).toEqual([])
})

it('[MO2] lets the owner and admins mute members, and nobody else', async () => {
  const { chat, ben, root, room, mute } = await openRoom()
  expect(await codeOf(mute(minuteMs, 'ann', ben))).toBe('forbidden')
  const eve = await chat.connect('eve')
  expect(await codeOf(mute(minuteMs, 'ben', eve))).toBe('not_found')
  expect(await codeOf(mute(minuteMs, 'eve'))).toBe('not_found')
  expect(await codeOf(mute(minuteMs, 'ann', root))).toBe('forbidden')
  expect(await codeOf(mute(minuteMs, 'ben', root))).toBe('ok')
  expect(await codeOf(say(ben, room))).toBe('forbidden')
  const direct = await root.request('create_room', { kind: 'direct', members: ['ben'], cid: cid() })
  expect(await root.refusal('mute_member', { room: direct._id, user_id: 'ben', for_ms: 1 })).toBe('forbidden')
  expect(await root.refusal('mute_member', { room: 'open', user_id: 'ben', for_ms: 1 })).toBe('not_found')
})

it('[MO2] mutes no admin, and whoever becomes the owner is muted no more', async () => {
  const { ann, ben, root, room, mute } = await openRoom()
  await ann.request('add_members', { room, members: ['root'] })
  await mute(minuteMs, 'root')
  expect((await say(root, room)).status).toBe('success')
  await mute(minuteMs)
  await ann.request('leave_room', { room })
  expect((await say(ben, room)).status).toBe('success')
  const { members } = await ben.request('get_room_members', { room })
  expect(members.find(({ user_id }) => user_id === 'ben')).toMatchObject({ role: 'owner', muted_until: null })
})

it('[MO2] mutes on somebody who leaves and comes again', async () => {
  const { ann, ben, room, mute } = await openRoom()
  await mute(minuteMs)
  const { invite } = await ann.request('create_invite', { room, cid: cid() })
  await ben.request('leave_room', { room })
  await ben.request('accept_invite', { invite })
  expect(await codeOf(say(ben, room))).toBe('forbidden')
  const { members } = await ann.request('get_room_members', { room })
  expect(members[1]).toMatchObject({ user_id: 'ben', muted_until: expect.any(String) })
})

it('[MO3] says in `can` what a member may do, and what one who is muted may not', async () => {
  const { ann, ben, root, room, mute } = await openRoom()
  const writing = ['message_event', 'send_messages', 'edit_message', 'react', 'start_thread', 'typing']
  const managing = ['mute_member', 'update_room', 'pin_message', 'remove_members', 'close_room']
  const named = async (socket: TestSocket, names: string[]) => {
    const can = await canOf(socket, room)
    return names.filter((name) => can.includes(name))
  }
  expect(await named(ann, [...writing, ...managing])).toEqual([...writing, ...managing])
  expect(await named(ben, [...writing, ...managing])).toEqual(writing)
  expect(await named(root, [...writing, ...managing, 'join'])).toEqual(
    managing.filter((name) => name !== 'pin_message'),
  )
  await mute(minuteMs)
  expect(await named(ben, writing)).toEqual([])
  expect(await named(ben, ['join', 'get_messages', 'delete_message', 'leave_room', 'report'])).toHaveLength(5)
  const direct = await ann.request('create_room', { kind: 'direct', members: ['ben'], cid: cid() })
  const inDirect = await canOf(ben, direct._id)
  expect([...writing, 'pin_message', 'update_room'].filter((name) => !inDirect.includes(name))).toEqual([])
  expect(['mute_member', 'leave_room', 'close_room'].filter((name) => inDirect.includes(name))).toEqual([])
  expect(await canOf(ben, 'lobby')).toEqual(expect.arrayContaining(['message_event', 'report']))
  expect(await canOf(ben, 'lobby')).not.toContain('pin_message')
  expect(await canOf(root, 'lobby')).toEqual(expect.arrayContaining(['pin_message', 'close_room']))
})

it('[MO4] lets a member of a room with slow mode send one message in its time', async () => {
  const { chat, ann, ben, root, room } = await openRoom()
  const updated = await ann.request('update_room', { room, slow_mode_ms: minuteMs })
  expect(updated.slow_mode_ms).toBe(minuteMs)
  expect(await ben.first('room_updated', ({ data }) => data.slow_mode_ms === minuteMs)).toBeTruthy()
  const first = cid()
  const sent = await say(ben, room, first)
  const refused = (await say(ben, room)) as { error: { code: string; retry_after_ms: number } }
  expect(refused).toMatchObject({
    error: { code: 'rate_limited', retryable: true, details: { slow_mode_ms: minuteMs } },
  })
  expect(refused.error.retry_after_ms).toBeGreaterThan(minuteMs - 10_000)
  expect(refused.error.retry_after_ms).toBeLessThanOrEqual(minuteMs)
  // A repetition is no other message.
  expect(await say(ben, room, first)).toEqual(sent)
  await ann.request('add_members', { room, members: ['root'] })
  for (const socket of [ann, ann, root, root]) expect((await say(socket, room)).status).toBe('success')

  await chat.server.clock.advance(minuteMs)
  const later = cid()
  expect((await say(ben, room, later)).status).toBe('success')
  // Also of a message before the last one.
  expect(await say(ben, room, first)).toEqual(sent)
  expect(await codeOf(say(ben, room))).toBe('rate_limited')
  await ann.request('update_room', { room, slow_mode_ms: 0 })
  expect((await say(ben, room)).status).toBe('success')
})

it('[MO4] sends the first of several messages, and says of the others when they may be sent', async () => {
  const { ann, ben, room } = await openRoom()
  await ann.request('update_room', { room, slow_mode_ms: minuteMs })
  const messages = ['a', 'b', 'c'].map((message_data) => ({ message_data, cid: cid() }))
  const send = () => ben.request('send_messages', { stream: `room:${room}`, messages })
  const codes = ({ results }: Awaited<ReturnType<typeof send>>) =>
    results.map((one) => ('error' in one ? [one.error.code, (one.error.retry_after_ms ?? 0) > 0] : 'sent'))
  const expected = ['sent', ['rate_limited', true], ['rate_limited', true]]
  expect(codes(await send())).toEqual(expected)
  // As a client does that has lost the answer.
  expect(codes(await send())).toEqual(expected)
  const { entries } = await ann.request('get_messages', { stream: `room:${room}`, before: 9 })
  expect(entries).toHaveLength(1)
})

it('[MO4] counts messages of threads as those of their room', async () => {
  const { ann, ben, room } = await openRoom()
  const sent = await ann.request('message_event', { room_id: room, message_data: 'x', cid: cid() })
  const target = { stream: `room:${room}`, seq: sent.seq, message_id: sent._id }
  await ann.request('start_thread', { ...target, cid: cid() })
  await ann.request('update_room', { room, slow_mode_ms: minuteMs })
  await say(ben, room)
  const messages = [{ message_data: 'in the thread', cid: cid() }]
  const { results } = await ben.request('send_messages', { stream: `thread:${sent._id}`, messages })
  expect(results).toMatchObject([{ error: { code: 'rate_limited', details: { slow_mode_ms: minuteMs } } }])
})

it('[MO4] has a shorter slow mode hold at once, and none in direct and open rooms', async () => {
  const { ann, ben, root, room } = await openRoom()
  await ann.request('update_room', { room, slow_mode_ms: 60 * minuteMs })
  await say(ben, room)
  await ann.request('update_room', { room, slow_mode_ms: 1_000 })
  const refused = (await say(ben, room)) as { error?: { retry_after_ms: number } }
  expect(refused.error?.retry_after_ms ?? 0).toBeLessThanOrEqual(1_000)
  expect(await ben.refusal('update_room', { room, slow_mode_ms: 0 })).toBe('forbidden')
  const direct = await ann.request('create_room', { kind: 'direct', members: ['ben'], cid: cid() })
  expect(await ann.refusal('update_room', { room: direct._id, slow_mode_ms: 1_000 })).toBe('forbidden')
  expect(await root.refusal('update_room', { room: 'open', slow_mode_ms: 1_000 })).toBe('not_found')
})

it('[MO10] tells a muted V2 page so in the way of its dialect, and sends its message to nobody', async () => {
  const { chat, ann, room, mute } = await openRoom()
  const page = await chat.connectV2({ workspace_id: 'demo', api_key: 'demo-key', user_id: 'ben' })
  await mute(minuteMs)
  await ann.heard()
  page.emit('message_event', { room_id: room, message_data: 'from a page', author: 'ben' })
  await page.untilHeard('my_response')
  expect(page.frames.map((one) => JSON.stringify(one)).join()).toContain('You may not write here until')
  expect(await ann.heard()).toEqual([])
})
