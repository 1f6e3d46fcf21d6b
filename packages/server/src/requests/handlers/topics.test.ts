import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../../testing/connect.ts'

const other = { workspace_id: 'other', api_key: 'other-key' }

it('[TP1] lets admins make topics, which everybody in the workspace may list', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('root', { role: 'admin' })
  const [agent, customer] = [await chat.connect('agent', { role: 'agent' }), await chat.connect('ann')]

  const made = [
    await admin.request('create_topic', {
      name: 'sales',
      cid: randomUUID(),
      client_created_at: '2024-01-01T00:00:00Z',
    }),
    await admin.request('create_topic', { name: 'big_sales', cid: randomUUID() }),
  ]

  const plain = {
    _id: expect.any(String),
    created_at: expect.any(String),
    ...{ title: null, strategy: 'least_loaded', hours: null, away_text: null },
    targets: { first_answer: null, solved: null },
  }
  expect(made).toEqual([
    { ...plain, name: 'sales', client_created_at: '2024-01-01T00:00:00Z' },
    { ...plain, name: 'big_sales', client_created_at: null },
  ])
  for (const socket of [admin, agent, customer])
    expect(await socket.request('get_all_topics', {})).toEqual(made)
  const pushed = made.map((data) => ['topic_changed', { data }])
  for (const socket of [admin, agent]) expect(await socket.heard(2)).toEqual(pushed)
  expect(await customer.heard()).toEqual([])
  const stranger = await chat.connect('root', { role: 'admin', ...other })
  expect(await stranger.request('get_all_topics', {})).toEqual([])
})

it.each(['customer', 'agent'])('[TP1] lets no %s make a topic', async (role) => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann', { role })
  expect(await ann.refusal('create_topic', { name: 'sales', cid: randomUUID() })).toBe('forbidden')
  expect(await ann.request('get_all_topics', {})).toEqual([])
})

it('[TP1] keeps names unique in their workspace, also when they are made at once', async () => {
  const chat = await openChat(onTestFinished)
  const admins = await Promise.all(
    ['root', 'boss', 'chief'].map((user) => chat.connect(user, { role: 'admin' })),
  )
  const make = (name: string) =>
    Promise.all(admins.map((admin) => admin.ask('create_topic', { name, cid: randomUUID() })))

  const answers = await make('sales')

  expect(answers.filter(({ status }) => status === 'success')).toHaveLength(1)
  for (const answer of answers) {
    if (answer.status === 'failure')
      expect(answer).toMatchObject({ data: 'Topic sales already exists', error: { code: 'conflict' } })
  }
  expect(await admins[0]?.request('get_all_topics', {})).toHaveLength(1)
  const stranger = await chat.connect('root', { role: 'admin', ...other })
  expect(await stranger.request('create_topic', { name: 'sales', cid: randomUUID() })).toMatchObject({
    name: 'sales',
  })
})

it.each(['Sales', 'big sales', ' sales'])('[TP1] takes only names that are normalised: %j', async (name) => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('root', { role: 'admin' })
  expect(await admin.refusal('create_topic', { name, cid: randomUUID() })).toBe('invalid_payload')
})

it('[CT4] answers a repeated topic with the same one, from any socket of its maker', async () => {
  const chat = await openChat(onTestFinished)
  const [admin, phone] = [
    await chat.connect('root', { role: 'admin' }),
    await chat.connect('root', { role: 'admin' }),
  ]
  const boss = await chat.connect('boss', { role: 'admin' })
  const topic = { name: 'sales', cid: randomUUID() }

  const answers = await Promise.all(
    [admin, phone, admin].map((socket) => socket.request('create_topic', topic)),
  )
  const again = await phone.request('create_topic', { ...topic, client_created_at: '2024-01-01T00:00:00Z' })

  expect(new Set([...answers, again].map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(await admin.refusal('create_topic', { ...topic, name: 'support' })).toBe('conflict')
  expect(await boss.refusal('create_topic', topic)).toBe('conflict')
  expect(await boss.request('create_topic', { ...topic, name: 'support' })).toMatchObject({ name: 'support' })
  expect(await admin.request('get_all_topics', {})).toHaveLength(2)
})

it('[TP2] lets admins change what is named of a topic, and tells agents and admins', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('root', { role: 'admin' })
  const agent = await chat.connect('agent', { role: 'agent' })
  const topic = await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  const hours = { time_zone: 'Europe/Berlin', openings: [{ day: 1, from: 540, until: 1_020 }] }
  const changed = await admin.request('update_topic', { name: 'sales', title: 'Sales', hours })
  expect(changed).toEqual({ ...topic, title: 'Sales', hours })
  await agent.first('topic_changed', ({ data }) => data.title === 'Sales')
  expect(await admin.request('update_topic', { name: 'sales', away_text: 'Later', hours: null })).toEqual({
    ...changed,
    away_text: 'Later',
    hours: null,
  })
  expect(await admin.refusal('update_topic', { name: 'bills', title: 'Bills' })).toBe('not_found')
  const nowhere = { ...hours, time_zone: 'Nowhere' }
  expect(await admin.refusal('update_topic', { name: 'sales', hours: nowhere })).toBe('invalid_payload')
  expect(await agent.refusal('update_topic', { name: 'sales', title: 'Mine' })).toBe('forbidden')
  const stranger = await chat.connect('root', { role: 'admin', ...other })
  expect(await stranger.refusal('update_topic', { name: 'sales', title: 'Ours' })).toBe('not_found')
})

it('[EW3] says how long it takes for a topic whose name is as long as may be', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('root', { role: 'admin' })
  const product = 'x'.repeat(128)
  await admin.request('create_topic', { name: product, cid: randomUUID() })
  expect(await admin.request('get_estimate', { product })).toMatchObject({
    line: `topic:${product}`,
    reason: 'nobody_online',
  })
})
