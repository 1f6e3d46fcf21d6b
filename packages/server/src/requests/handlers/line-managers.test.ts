import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../../testing/connect.ts'

const other = { workspace_id: 'other', api_key: 'other-key' }
const lineManager = (user_id: string, positions_in_a_line = 1) => ({
  user_id,
  positions_in_a_line,
  average_serving_time: 4,
  is_unmanaged: true,
  cid: randomUUID(),
})

it('[LM1] lets admins make line managers, listed by their position, then their age', async () => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('root', { role: 'admin' })
  const customer = await chat.connect('ann')

  const second = await admin.request('create_line_manager', { ...lineManager('mary', 2), capacity: 3 })
  const first = await admin.request('create_line_manager', {
    ...lineManager('max'),
    average_serving_time: 2.5,
  })
  const third = await admin.request('create_line_manager', lineManager('moe', 2))

  expect(second).toEqual({
    _id: expect.any(String),
    user_id: 'mary',
    positions_in_a_line: 2,
    average_serving_time: 4,
    capacity: 3,
    ticket_count: 0,
    is_active: true,
    availability: 'online',
    is_unmanaged: true,
    topics: null,
    created_at: expect.any(String),
    client_created_at: null,
  })
  expect(first).toMatchObject({ average_serving_time: 2.5, capacity: null })
  for (const socket of [admin, customer]) {
    expect(await socket.request('get_all_line_managers', {})).toEqual([first, second, third])
  }
  const stranger = await chat.connect('root', { role: 'admin', ...other })
  expect(await stranger.request('get_all_line_managers', {})).toEqual([])
})

it.each(['customer', 'agent'])('[LM1] lets no %s make a line manager', async (role) => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann', { role })
  expect(await ann.refusal('create_line_manager', lineManager('ann'))).toBe('forbidden')
  expect(await ann.request('get_all_line_managers', {})).toEqual([])
})

it('[LM1] makes of one user one line manager, also when asked at once', async () => {
  const chat = await openChat(onTestFinished)
  const admins = await Promise.all(
    ['root', 'boss', 'chief'].map((user) => chat.connect(user, { role: 'admin' })),
  )
  const answers = await Promise.all(
    admins.map((admin) => admin.ask('create_line_manager', lineManager('max'))),
  )
  const failed = answers.filter(({ status }) => status === 'failure')
  expect(failed).toHaveLength(2)
  for (const answer of failed) {
    expect(answer).toMatchObject({ data: 'Line manager max already exists', error: { code: 'conflict' } })
  }
  expect(await admins[0]?.request('get_all_line_managers', {})).toHaveLength(1)
})

it('[CT4] answers a repeated line manager as it is now, without a second effect', async () => {
  const chat = await openChat(onTestFinished)
  const [admin, phone] = [
    await chat.connect('root', { role: 'admin' }),
    await chat.connect('root', { role: 'admin' }),
  ]
  const made = lineManager('max')
  const first = await admin.request('create_line_manager', made)
  await admin.request('create_ticket', { product: 'sales', cid: randomUUID() })

  expect(await phone.request('create_line_manager', made)).toEqual({ ...first, ticket_count: 1 })
  expect(
    await admin.refusal('create_line_manager', { ...made, average_serving_time: 5, is_unmanaged: true }),
  ).toBe('conflict')
  expect(await admin.refusal('create_line_manager', { ...made, user_id: 'mary' })).toBe('conflict')
  expect(await admin.request('get_all_line_managers', {})).toHaveLength(1)
})

it.each([
  ['positions_in_a_line', '2'],
  ['positions_in_a_line', 1.5],
  ['positions_in_a_line', -1],
  ['average_serving_time', '4'],
  ['average_serving_time', -1],
  ['capacity', 0],
  ['capacity', 1.5],
])('[LM1] refuses %s %j', async (field, value) => {
  const chat = await openChat(onTestFinished)
  const admin = await chat.connect('root', { role: 'admin' })
  expect(await admin.refusal('create_line_manager', { ...lineManager('max'), [field]: value })).toBe(
    'invalid_payload',
  )
  expect(await admin.request('get_all_line_managers', {})).toEqual([])
})
