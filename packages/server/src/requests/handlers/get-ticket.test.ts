import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { describeTwoServers } from '../../../tests/support/two-servers.ts'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'

const create = (socket: TestSocket, product = 'billing') =>
  socket.request('create_ticket', { product, cid: randomUUID() })
const newManager = (user_id: string) => ({
  user_id,
  positions_in_a_line: 1,
  average_serving_time: 5,
  is_unmanaged: true,
  cid: randomUUID(),
})

async function people(chat: TestChat) {
  const admin = await chat.connect('admin', { role: 'admin' })
  await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
  return { admin, ann: await chat.connect('ann'), bob: await chat.connect('bob') }
}

it('[GT1] answers a ticket to its customer, agents and admins; to others it does not exist', async () => {
  const chat = await openChat(onTestFinished)
  const { admin, ann, bob } = await people(chat)
  const ticket = await create(ann)
  const ask = { ticket_id: ticket._id }
  const agent = await chat.connect('agent', { role: 'agent' })
  for (const socket of [ann, agent, admin]) expect(await socket.request('get_ticket', ask)).toEqual(ticket)
  const foreign = await bob.ask('get_ticket', ask)
  const missing = await bob.ask('get_ticket', { ticket_id: 'missing' })
  expect(JSON.stringify(foreign).replaceAll(ticket._id, 'missing')).toBe(JSON.stringify(missing))
  const elsewhere = await chat.connect('admin', {
    role: 'admin',
    workspace_id: 'other',
    api_key: 'other-key',
  })
  expect(await elsewhere.refusal('get_ticket', ask)).toBe('not_found')
})

it('[GT2] lists open tickets, and closed ones, page after page', async () => {
  const chat = await openChat(onTestFinished)
  const { admin, ann, bob } = await people(chat)
  await admin.request('create_topic', { name: 'delivery', cid: randomUUID() })
  const made = [
    await create(ann),
    await create(ann, 'delivery'),
    await create(bob),
    await create(ann),
  ] as const
  const [a, b, c, d] = made.map(({ _id }) => _id) as [string, string, string, string]
  for (const ticket_id of [a, c]) await admin.request('close_ticket', { ticket_id })
  const listed = async (socket: TestSocket, filter: object) => {
    const { tickets, more } = await socket.request('get_tickets', filter)
    return [tickets.map(({ _id }) => _id), more]
  }
  expect(await listed(admin, { is_closed: true })).toEqual([[c, a], false])
  expect(await listed(admin, { is_closed: false, limit: 1 })).toEqual([[d], true])
  expect(await listed(admin, { is_closed: false, limit: 1, before: d })).toEqual([[b], false])
  expect(await listed(admin, { is_closed: false, before: c })).toEqual([[b], false])
  expect(await listed(ann, { is_closed: true })).toEqual([[a], false])
  expect(await listed(ann, { is_closed: false, product: 'delivery' })).toEqual([[b], false])
  expect(await admin.refusal('get_tickets', { is_closed: 'yes' })).toBe('invalid_payload')
})

it('[GT3] pushes new topics and line managers to agents and admins', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('admin', { role: 'admin' })
  const agent = await chat.connect('agent', { role: 'agent' })
  const others = [await chat.connect('ann'), await chat.connectV2()]
  const foreign = await chat.connect('x', { role: 'admin', workspace_id: 'other', api_key: 'other-key' })

  const topicAsk = { name: 'billing', cid: randomUUID() }
  const topic = await admin.request('create_topic', topicAsk)
  await admin.request('create_topic', topicAsk)
  const ticket = await create(admin, 'delivery')
  const managerAsk = newManager('mia')
  const manager = await admin.request('create_line_manager', managerAsk)
  await admin.request('create_line_manager', managerAsk)
  const { _id } = await create(admin)
  await admin.request('close_ticket', { ticket_id: _id })

  const topics = await agent.request('get_all_topics', {})
  expect(topics.map(({ name }) => name)).toEqual(['billing', 'delivery'])
  for (const socket of [agent, admin]) {
    const frames = await socket.heard()
    const changes = frames.filter(([event]) => event.endsWith('_changed'))
    expect(changes).toEqual([
      ['topic_changed', { data: topic }],
      ['topic_changed', { data: topics[1] }],
      ['line_manager_changed', { data: manager }],
    ])
  }
  expect(manager.ticket_count).toBe(1)
  expect(ticket.product).toBe('delivery')
  for (const socket of [...others, foreign]) expect(await socket.heard()).toEqual([])
})

it('[GT4] ends the older connection of a device, and no other one', async () => {
  const chat = await openChat(onTestFinished)
  const device = { device_id: randomUUID() }
  const old = await chat.connect('ann', device)
  const kept = [
    await chat.connect('ann'),
    await chat.connect('bob', device),
    await chat.connect('ann', { ...device, workspace_id: 'other', api_key: 'other-key' }),
  ]

  const newer = await chat.connect('ann', device)

  await old.closed()
  expect(old.unread).toMatchObject([
    [
      'error_response',
      { operation: 'connection', error: { code: 'conflict', details: 'replaced', retryable: false } },
    ],
    ['disconnect', 'io server disconnect'],
  ])
  for (const socket of [...kept, newer]) {
    expect(await socket.heard()).toEqual([])
    expect(socket.socket.connected).toBe(true)
  }
})

it('[GT4] keeps the call of a device whose connection is replaced', async () => {
  const chat = await openChat(onTestFinished)
  const device = { device_id: randomUUID() }
  const [ann, bob] = [await chat.connect('ann', device), await chat.connect('bob')]
  const call = await ann.request('callUser', { userToCall: 'bob', signalData: 'x', cid: randomUUID() })
  await bob.heard(1)

  const newer = await chat.connect('ann', device)
  await ann.closed()

  await bob.request('answerCall', { callId: call.callId, signal: 'y' })
  const { callId } = call
  expect(await newer.heard(2)).toMatchObject([
    ['callState', { callId, state: 'ringing' }],
    ['callSignal', { callId, signal: 'y' }],
  ])
  expect(await bob.heard()).toEqual([])
})

describeTwoServers('tickets and topics through two servers', ({ newUrl, open }) => {
  it('[GT1, GT2] are the same on both', async () => {
    const [east, west] = await open(newUrl(), 20_000)
    const { admin, ann } = await people(east)
    const agent = await west.connect('agent', { role: 'agent' })
    const tickets = [await create(ann), await create(ann)] as const
    await agent.request('close_ticket', { ticket_id: tickets[0]._id })

    const closed = await admin.request('get_ticket', { ticket_id: tickets[0]._id })
    expect(closed.is_closed).toBe(true)
    expect(await agent.request('get_tickets', { is_closed: true })).toEqual({
      tickets: [closed],
      more: false,
    })
    expect(await agent.request('get_tickets', { is_closed: false })).toEqual({
      tickets: [tickets[1]],
      more: false,
    })
  })

  it('[GT3] push what one server creates to the agents of the other too, once to each', async () => {
    const [east, west] = await open(newUrl(), 20_000)
    const admin = await east.connect('admin', { role: 'admin' })
    const agent = await west.connect('agent', { role: 'agent' })
    const ann = await west.connect('ann')

    const topic = await admin.request('create_topic', { name: 'billing', cid: randomUUID() })
    await create(admin, 'delivery')
    const manager = await admin.request('create_line_manager', newManager('mia'))

    await agent.first('line_manager_changed')
    await agent.settle()
    const [, delivery] = await agent.request('get_all_topics', {})
    for (const socket of [admin, agent]) {
      const changes = (await socket.heard()).filter(([event]) => event.endsWith('_changed'))
      expect(changes).toEqual([
        ['topic_changed', { data: topic }],
        ['topic_changed', { data: delivery }],
        ['line_manager_changed', { data: manager }],
      ])
    }
    expect(await ann.heard()).toEqual([])
  })
})
