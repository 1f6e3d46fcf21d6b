import { randomUUID } from 'node:crypto'
import { limits, type Room } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { messagesIn, openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'

async function create(socket: TestSocket, members: string[], more: object = {}): Promise<Room> {
  return socket.request('create_room', { kind: 'members', members, cid: randomUUID(), ...more })
}

function say(socket: TestSocket, room_id: string, message_data = 'Hello') {
  return socket.ask('message_event', { room_id, message_data, cid: randomUUID() })
}

/** Ann, who owns a room, ben, who is in it, and eve, who is not. */
async function roomOfThree(chat: TestChat) {
  const [ann, ben, eve] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('eve')]
  const room = await create(ann, ['ben'])
  for (const socket of [ann, ben, eve]) await socket.heard()
  return { ann, ben, eve, room, name: room._id }
}

it('[MB1] makes a room with members under a name of its own, once per cid', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, eve] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('eve')]
  const payload = { kind: 'members', title: 'Design', metadata: { color: 'red' }, cid: randomUUID() } as const

  const room = await ann.request('create_room', { ...payload, members: ['ben', 'ann', 'ben'] })

  expect(room).toEqual({
    _id: expect.stringMatching(/^~[0-9a-f-]{36}$/),
    kind: 'members',
    title: 'Design',
    metadata: { color: 'red' },
    owner: 'ann',
    member_count: 2,
    created_at: expect.any(String),
    closed_at: null,
    slow_mode_ms: null,
    version: 1,
  })
  for (const socket of [ann, ben]) expect(await socket.heard()).toEqual([['room_updated', { data: room }]])
  expect(await ann.request('create_room', { ...payload, members: ['ben', 'ann', 'ben'] })).toEqual(room)
  expect(await ann.refusal('create_room', { ...payload, members: [] })).toBe('conflict')
  for (const socket of [ann, ben, eve]) expect(await socket.heard()).toEqual([])
})

it('[MB1] gives two people one direct room, whoever makes it', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const make = (socket: TestSocket, members: string[]) => create(socket, members, { kind: 'direct' })

  const rooms = await Promise.all([make(ann, ['ben']), make(ben, ['ann']), make(ann, ['ben', 'ann'])])

  expect(new Set(rooms.map(({ _id }) => _id)).size).toBe(1)
  expect(rooms[0]).toMatchObject({ kind: 'direct', owner: null, member_count: 2 })
  for (const members of [[], ['ann'], ['ben', 'zoe']]) {
    const payload = { kind: 'direct', members, cid: randomUUID() }
    expect(await ann.refusal('create_room', payload)).toBe('invalid_payload')
  }
})

it('[MB2] lets members alone join, write and read, and answers others as if there were no such room', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, eve, name } = await roomOfThree(chat)
  const direct = await create(ann, ['ben'], { kind: 'direct' })
  const root = await chat.connect('root', { role: 'admin' })
  const page = await chat.connectV2()
  for (const room of [name, direct._id]) {
    await ann.request('join', { room })
    expect(await say(ben, room)).toMatchObject({ status: 'success' })
    const [message] = messagesIn(await ann.heard(1))
    const { epoch } = await ben.request('join', { room })
    const position = { epoch, seq: 0, id: null }
    const read = await ben.request('get_entries', { stream: `room:${room}`, position })
    expect(read.entries).toEqual([message])
    const requests = (room: string): [string, object][] => [
      ['join', { room }],
      ['message_event', { room_id: room, message_data: 'x', cid: randomUUID() }],
      ['get_messages', { stream: `room:${room}`, before: 9 }],
      ['get_entries', { stream: `room:${room}`, position }],
    ]
    const missing = `~${randomUUID()}`
    for (const stranger of [eve, root, page]) {
      const answers = async (room: string) => {
        const all: string[] = []
        for (const [event, payload] of requests(room))
          if (stranger !== page || !event.startsWith('get_'))
            all.push(JSON.stringify(await stranger.ask(event, payload)).replaceAll(room, '<room>'))
        return all
      }
      const foreign = await answers(room)
      expect(foreign).toEqual(await answers(missing))
      for (const answer of foreign) expect(answer).toContain('"code":"not_found"')
    }
    expect(await chat.connect('ann').then((other) => other.refusal('join', { room: missing }))).toBe(
      'not_found',
    )
  }
})

it('[MB2] does not read a stream of a kind that does not exist', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann', { role: 'admin' })
  for (const stream of ['notes:1', 'thread:1', 'constructor:1'])
    expect(await ann.refusal('get_messages', { stream, before: 1 })).toBe('not_found')
})

it('[MB3] lets its owner and admins manage a room', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, eve, name } = await roomOfThree(chat)
  const root = await chat.connect('root', { role: 'admin' })
  const agent = await chat.connect('mia', { role: 'agent' })
  const requests: [string, object][] = [
    ['update_room', { room: name, title: 'New' }],
    ['add_members', { room: name, members: ['zoe'] }],
    ['remove_members', { room: name, members: ['zoe'] }],
    ['create_invite', { room: name, cid: randomUUID() }],
    ['close_room', { room: name }],
  ]
  for (const [event, payload] of requests) {
    expect(await ben.refusal(event, payload), `${event} by a member`).toBe('forbidden')
    expect(await eve.refusal(event, payload), `${event} by a stranger`).toBe('not_found')
    expect(await agent.refusal(event, payload), `${event} by an agent`).toBe('not_found')
    const [owner, admin] = [
      await ann.ask(event, payload),
      await root.ask(event, { ...payload, cid: randomUUID() }),
    ]
    expect([owner.status, admin.status], event).toEqual(['success', 'success'])
  }
})

it('[MB3] keeps the two people of a direct room', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, root] = [await chat.connect('ann'), await chat.connect('root', { role: 'admin' })]
  const { _id: room } = await create(ann, ['ben'], { kind: 'direct' })
  const requests: [string, object][] = [
    ['add_members', { room, members: ['zoe'] }],
    ['remove_members', { room, members: ['ben'] }],
    ['create_invite', { room, cid: randomUUID() }],
    ['close_room', { room }],
    ['leave_room', { room }],
  ]
  for (const [event, payload] of requests) {
    expect(await ann.refusal(event, payload), event).toBe('forbidden')
    expect(await root.refusal(event, payload), event).toBe('not_found')
  }
  expect(await ann.request('update_room', { room, title: 'Us' })).toMatchObject({ title: 'Us' })
})

it('[MB4] ends what a removed member receives at once, and takes nothing more from them', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, name } = await roomOfThree(chat)
  const tablet = await chat.connect('ben')
  for (const socket of [ann, ben, tablet]) await socket.request('join', { room: name })
  for (const socket of [ann, ben, tablet]) await socket.heard()
  const room = await ann.request('remove_members', { room: name, members: ['ben', 'nobody'] })
  await say(ann, name, 'without ben')

  const gone = {
    room: name,
    changes: [{ user_id: 'ben', role: null, joined_at: null, muted_until: null }],
    version: 2,
  }
  for (const socket of [ben, tablet]) expect(await socket.heard()).toEqual([['member_changed', gone]])
  const heard = await ann.heard()
  expect(heard.filter(([event]) => event !== 'entries')).toEqual([
    ['member_changed', gone],
    ['room_updated', { data: room }],
  ])
  expect((await say(ben, name)).status).toBe('failure')
  expect(await ben.refusal('join', { room: name })).toBe('not_found')
  expect(await ann.request('remove_members', { room: name, members: ['ben'] })).toEqual(room)
  expect(await ann.heard()).toEqual([])
})

it('[MB4] lets nobody slip in who is removed while joining', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, name } = await roomOfThree(chat)
  for (let round = 0; round < 20; round++) {
    const joining = ben.ask('join', { room: name })
    await ann.request('remove_members', { room: name, members: ['ben'] })
    await joining
    await ben.heard()
    await say(ann, name)
    expect(messagesIn(await ben.heard())).toEqual([])
    await ann.request('add_members', { room: name, members: ['ben'] })
  }
})

it('[MB5] tells members and those who are added, removed or have another role', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, eve, name } = await roomOfThree(chat)
  const room = await ann.request('add_members', { room: name, members: ['eve', 'ben'] })
  expect(room).toMatchObject({ member_count: 3, version: 2 })
  const eveIsIn = { user_id: 'eve', role: 'member', joined_at: expect.any(String), muted_until: null }
  for (const socket of [ann, ben, eve]) {
    expect(await socket.heard()).toEqual([
      ['member_changed', { room: name, changes: [eveIsIn], version: 2 }],
      ['room_updated', { data: room }],
    ])
  }
  const titled = await ann.request('update_room', { room: name, title: 'Three', metadata: {} })
  for (const socket of [ann, ben, eve])
    expect(await socket.heard()).toEqual([['room_updated', { data: titled }]])
  expect(await ann.request('update_room', { room: name, title: 'Three' })).toEqual(titled)
  expect(await ann.heard()).toEqual([])
})

it('[MB6] hands a room to its oldest member when the owner leaves, and closes it behind the last', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, name } = await roomOfThree(chat)
  expect(await ann.request('leave_room', { room: name })).toEqual({ room: name })
  expect(await ann.refusal('leave_room', { room: name })).toBe('not_found')
  expect(await ben.request('get_room', { room: name })).toMatchObject({
    room: { owner: 'ben', member_count: 1 },
    role: 'owner',
  })
  expect(await ann.heard()).toMatchObject([
    ['member_changed', { changes: [{ user_id: 'ann', role: null }, {}] }],
  ])
  await ben.request('leave_room', { room: name })
  expect(await ben.request('get_room', { room: name })).toMatchObject({
    room: { closed_at: expect.any(String), member_count: 0 },
    role: null,
    can: [],
  })
  expect(await ben.refusal('join', { room: name })).toBe('not_found')
  expect(await ann.request('leave_room', { room: 'open' })).toEqual({ room: 'open' })
})

it('[MB7] closes a room: nobody joins, writes, reads or is added any more', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, name } = await roomOfThree(chat)
  for (const socket of [ann, ben]) await socket.request('join', { room: name })
  const closed = await ann.request('close_room', { room: name })
  expect(closed).toMatchObject({ closed_at: expect.any(String), member_count: 0, version: 2 })
  expect(await ben.heard()).toMatchObject([['member_changed', { changes: [{ role: null }, { role: null }] }]])
  for (const socket of [ann, ben]) {
    expect(await socket.refusal('join', { room: name })).toBe('not_found')
    expect((await say(socket, name)).status).toBe('failure')
    expect(await socket.refusal('get_messages', { stream: `room:${name}`, before: 1 })).toBe('not_found')
    expect(await socket.request('get_rooms', {})).toEqual({ rooms: [], more: false })
  }
  expect(await ann.request('close_room', { room: name })).toEqual(closed)
  expect(await ann.refusal('add_members', { room: name, members: ['ben'] })).toBe('not_found')
})

it('[MB7] closes an open room for those who are in it; only admins may', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, root] = [await chat.connect('ann'), await chat.connect('root', { role: 'admin' })]
  const [page, tab] = [
    await chat.connectV2(),
    await chat.connectV2({ workspace_id: 'demo', api_key: 'demo-key', user_id: 'tab', role: 'admin' }),
  ]
  for (const socket of [ann, page]) await socket.ask('join', { room: 'r' })
  for (const socket of [ann, page]) await socket.heard()
  expect(await ann.refusal('close_room', { room: 'r' })).toBe('forbidden')
  page.emit('close_room', { room: 'r' })
  const refused = { data: expect.any(String), status: 'failure', operation: 'close_room' }
  expect(await page.heard(1)).toEqual([['my_response', refused]])

  const closed = await root.request('close_room', { room: 'r' })

  expect(await page.heard(1)).toEqual([['my_response', { data: 'Room r is closing.' }]])
  expect(await ann.heard(1)).toEqual([['room_updated', { data: closed }]])
  expect(closed).toMatchObject({ _id: 'r', kind: 'open', closed_at: expect.any(String) })
  await say(root, 'r')
  for (const socket of [ann, page]) expect(await socket.heard()).toEqual([])
  await page.ask('join', { room: 'r' })
  await page.heard()
  tab.emit('close_room', { room: 'r' })
  expect(await page.heard(1)).toEqual([['my_response', { data: 'Room r is closing.' }]])
  expect((await ann.request('join', { room: 'r' })).entries).toHaveLength(1)
})

it('[MB8] answers a room with what the session may do in it', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, eve, room, name } = await roomOfThree(chat)
  const root = await chat.connect('root', { role: 'admin' })
  const asked = async (socket: TestSocket, of = name) => {
    const { role, can } = await socket.request('get_room', { room: of })
    return [role, can.includes('message_event'), can.includes('add_members'), can.includes('leave_room')]
  }
  expect((await ann.request('get_room', { room: name })).room).toEqual(room)
  expect(await asked(ann)).toEqual(['owner', true, true, true])
  expect(await asked(ben)).toEqual(['member', true, false, true])
  expect(await asked(root)).toEqual([null, false, true, false])
  expect(await eve.refusal('get_room', { room: name })).toBe('not_found')
  expect(await asked(eve, 'open')).toEqual([null, true, false, true])
  expect((await root.request('get_room', { room: 'open' })).can).toContain('close_room')
  const direct = await create(ann, ['ben'], { kind: 'direct' })
  expect(await asked(ben, direct._id)).toEqual(['member', true, false, false])
  expect(await root.refusal('get_room', { room: direct._id })).toBe('not_found')
  expect(await root.refusal('get_room_members', { room: direct._id })).toBe('not_found')
})

it('[MB8] lists members by user id, and the rooms of a user, in pages', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, eve, room, name } = await roomOfThree(chat)
  await ann.request('add_members', { room: name, members: ['cat', 'dan'] })
  const page = (after?: string) =>
    ben.request('get_room_members', { room: name, limit: 3, ...(after !== undefined && { after }) })
  const [first, second] = [await page(), await page('cat')]
  expect([first.members.map(({ user_id }) => user_id), first.more]).toEqual([['ann', 'ben', 'cat'], true])
  expect([second.members.map(({ user_id }) => user_id), second.more]).toEqual([['dan'], false])
  expect(first.members[0]).toEqual({
    user_id: 'ann',
    role: 'owner',
    joined_at: room.created_at,
    muted_until: null,
  })
  expect(await eve.refusal('get_room_members', { room: name })).toBe('not_found')
  const newer = await create(ben, ['eve'])
  const [newest, rest] = [
    await ben.request('get_rooms', { limit: 1 }),
    await ben.request('get_rooms', { before: newer._id }),
  ]
  expect(newest).toEqual({ rooms: [expect.objectContaining(newer)], more: true })
  expect([rest.rooms.map(({ _id }) => _id), rest.more]).toEqual([[name], false])
  expect((await eve.request('get_rooms', {})).rooms).toEqual([expect.objectContaining(newer)])
})

it('[MB9] lets customers make rooms with people they share a room or a ticket with', async () => {
  const workspaces = [{ id: 'demo', keys: ['demo-key'] }]
  const chat = await openChat(onTestFinished, { workspaces })
  const [ann, agent] = [await chat.connect('ann'), await chat.connect('mia', { role: 'agent' })]
  const payload = (members: string[]) => ({ kind: 'members', members, cid: randomUUID() })
  expect(await ann.refusal('create_room', payload(['ben']))).toBe('forbidden')
  expect(await ann.refusal('create_room', payload(['mia']))).toBe('forbidden')
  const own = await create(ann, [])
  expect(await ann.refusal('add_members', { room: own._id, members: ['ben'] })).toBe('forbidden')
  await create(agent, ['ann', 'ben'])
  expect(await create(ann, ['ben', 'mia'])).toMatchObject({ member_count: 3 })
  expect(await ann.refusal('create_room', payload(['ben', 'zoe']))).toBe('forbidden')

  const root = await chat.connect('root', { role: 'admin' })
  const manager = {
    user_id: 'max',
    positions_in_a_line: 1,
    average_serving_time: 1,
    is_unmanaged: true,
    cid: randomUUID(),
  }
  await root.request('create_topic', { name: 'sales', cid: randomUUID() })
  await root.request('create_line_manager', manager)
  const zoe = await chat.connect('zoe')
  expect(await zoe.refusal('create_room', payload(['max']))).toBe('forbidden')
  await zoe.request('create_ticket', { product: 'sales', cid: randomUUID() })
  expect(await create(zoe, ['max'], { kind: 'direct' })).toMatchObject({ kind: 'direct' })
})

it('[MB9] lets customers meet anybody where the workspace says so', async () => {
  const workspaces = [{ id: 'demo', keys: ['demo-key'], customersMeet: 'anybody' as const }]
  const chat = await openChat(onTestFinished, { workspaces })
  expect(await create(await chat.connect('ann'), ['stranger'])).toMatchObject({ member_count: 2 })
})

it('[MB13] limits members and metadata', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const { _id: room } = await create(ann, [])
  const users = (from: number) =>
    Array.from({ length: limits.room_members_at_once }, (_, n) => `${from}-${n}`)
  expect(await ann.refusal('add_members', { room, members: [...users(0), 'more'] })).toBe('invalid_payload')
  const adding = Array.from({ length: limits.room_members / limits.room_members_at_once - 1 }, (_, n) => n)
  for (const n of adding) await ann.request('add_members', { room, members: users(n) })
  expect(await ann.refusal('add_members', { room, members: users(99) })).toBe('limit_reached')
  const metadata = (length: number) => ({ room, metadata: { text: 'x'.repeat(length) } })
  expect(await ann.refusal('update_room', metadata(limits.metadata_bytes))).toBe('invalid_payload')
  const { metadata: kept } = metadata(4_000)
  expect(await ann.request('update_room', metadata(4_000))).toMatchObject({ metadata: kept })
})

it('[IN1, MB5] makes whoever has an invite a member', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, eve, name } = await roomOfThree(chat)
  const cid = randomUUID()
  const invite = await ann.request('create_invite', { room: name, expires_in_ms: 60_000, uses: 2, cid })
  expect(invite).toEqual({
    invite: expect.stringContaining(name),
    room: name,
    expires_at: expect.any(String),
    uses_left: 2,
  })
  expect(await ann.request('create_invite', { room: name, expires_in_ms: 60_000, uses: 2, cid })).toEqual(
    invite,
  )
  expect(await ann.refusal('create_invite', { room: name, cid })).toBe('conflict')
  expect(await ann.heard()).toEqual([])

  const room = await eve.request('accept_invite', { invite: invite.invite })

  expect(room).toMatchObject({ _id: name, member_count: 3 })
  expect(await eve.request('accept_invite', { invite: invite.invite })).toEqual(room)
  for (const socket of [ann, ben, eve]) {
    expect(await socket.heard()).toMatchObject([
      ['member_changed', { changes: [{ user_id: 'eve', role: 'member' }] }],
      ['room_updated', { data: room }],
    ])
  }
  expect((await eve.request('join', { room: name })).entries).toEqual([])
})

it('[IN2] answers an invite that is unknown, used up, expired or of a closed room alike', async () => {
  const chat = await openChat(onTestFinished)
  const { ann, ben, eve, name } = await roomOfThree(chat)
  const zoe = await chat.connect('zoe')
  const make = async (more: object = {}) =>
    (await ann.request('create_invite', { room: name, cid: randomUUID(), ...more })).invite
  const [usedUp, short, closed] = [await make(), await make({ expires_in_ms: 1_000 }), await make()]
  await zoe.request('accept_invite', { invite: usedUp })
  const madeAt = Date.now()
  await vi.waitUntil(() => Date.now() > madeAt + 1_100, { timeout: 5_000 })
  const answers = new Set<string>()
  for (const invite of [
    usedUp,
    short,
    `${name}.secret`,
    `~${randomUUID()}.secret`,
    'secret',
    'r.secret',
    '.',
  ])
    answers.add(JSON.stringify(await eve.ask('accept_invite', { invite })))
  await ann.request('close_room', { room: name })
  answers.add(JSON.stringify(await ben.ask('accept_invite', { invite: closed })))
  expect([...answers]).toEqual([expect.stringContaining('"code":"not_found"')])
})

it('[MB12] lets neither of two people write to their direct room while one has blocked the other', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const { _id: room } = await create(ann, ['ben'], { kind: 'direct' })
  await ann.request('block_user', { user_id: 'ben' })
  const answers = [await say(ann, room), await say(ben, room)]
  expect(answers).toMatchObject([{ error: { code: 'forbidden' } }, { error: { code: 'forbidden' } }])
  expect(JSON.stringify(answers[0])).toBe(JSON.stringify(answers[1]))
  const again = { kind: 'direct', members: ['ann'], cid: randomUUID() }
  expect(await ben.refusal('create_room', again)).toBe('forbidden')
  await ann.request('unblock_user', { user_id: 'ben' })
  expect(await say(ben, room)).toMatchObject({ status: 'success' })
})

it('[IN4] lets nobody in again whom somebody has removed, until they are added', async () => {
  const { ann, ben, eve, name } = await roomOfThree(await openChat(onTestFinished))
  const { invite } = await ann.request('create_invite', { room: name, uses: 99, cid: randomUUID() })
  const isLetIn = async (socket: TestSocket) => !('error' in (await socket.ask('accept_invite', { invite })))
  await eve.request('accept_invite', { invite })
  await ann.request('remove_members', { room: name, members: ['eve'] })

  expect(await eve.refusal('accept_invite', { invite })).toBe('not_found')

  // Who leaves may come again; others may still come.
  await ben.request('leave_room', { room: name })
  expect(await isLetIn(ben)).toBe(true)
  await ann.request('add_members', { room: name, members: ['eve'] })
  await eve.request('leave_room', { room: name })
  expect(await isLetIn(eve)).toBe(true)
  // Of too many an invite does not keep account.
  const members = Array.from({ length: 51 }, (_, n) => `user-${n}`)
  await ann.request('add_members', { room: name, members })
  await ann.request('remove_members', { room: name, members })
  await eve.request('leave_room', { room: name })
  expect(await isLetIn(eve)).toBe(false)
})
