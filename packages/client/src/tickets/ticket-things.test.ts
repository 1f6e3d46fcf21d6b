import { embeddedStore } from '@dowellchat/server'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { openChat, until } from '../testing/chat.ts'
import { uuid } from '../uuid.ts'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** How often a client sends a request from now on. */
function countCalls({ request }: ChatClient, name: 'get_tickets' | 'get_all_topics'): () => number {
  let count = 0
  const send = request[name] as (payload: object) => unknown
  const counted = (payload: object): unknown => {
    count += 1
    return send(payload)
  }
  Object.assign(request, { [name]: counted })
  return () => count
}

it('[TH1] loads the one ticket of six thousand that is asked for, and keeps it current', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { client } = await openChat({ store })
  const root = await online(client('root', { role: 'admin' }))
  await root.topics.create({ name: 'billing' })
  const made = { workspace_id: 'demo', user_id: 'cus', display_name: null, product: 'billing' }
  const [oldest] = await Promise.all(
    Array.from({ length: 6_000 }, () =>
      store.tickets.create({ ...made, cid: uuid(), fingerprint: '', client_created_at: null }),
    ),
  )
  const id = oldest && 'row' in oldest ? oldest.row._id : ''
  const lists = countCalls(root, 'get_tickets')

  const ticket = root.tickets.get(id)
  expect(ticket.getSnapshot()).toEqual({ status: 'loading', sync: 'offline', data: null, error: null })
  onTestFinished(ticket.retain())
  expect(await until(ticket, ({ sync }) => sync === 'live')).toMatchObject({
    ...{ status: 'ready', data: { _id: id, user_id: 'cus', is_closed: false }, error: null },
  })
  expect(root.tickets.get(id)).toBe(ticket)
  const customer = await online(client('cus'))
  await customer.tickets.close(id)
  await until(ticket, ({ data }) => data?.is_closed === true)
  expect(lists()).toBe(0)
})

it('[TH2] a ticket of somebody else is not there, as one that does not exist', async () => {
  const { client } = await openChat()
  const root = await online(client('root', { role: 'admin' }))
  await root.topics.create({ name: 'billing' })
  const { _id } = await root.tickets.create({ product: 'billing' })
  const ann = await online(client('ann'))
  for (const id of [_id, uuid()]) {
    const ticket = ann.tickets.get(id)
    onTestFinished(ticket.retain())
    expect(await until(ticket, ({ status }) => status === 'error')).toMatchObject({
      ...{ sync: 'live', data: null, error: { code: 'not_found', retryable: false } },
    })
  }
})

it('[TH8] topics and line managers appear at whoever answers tickets, each in its place', async () => {
  const { client } = await openChat()
  const [root, agent] = [
    await online(client('root', { role: 'admin' })),
    await online(client('meg', { role: 'agent' })),
  ]
  const [topics, managers] = [agent.topics.list(), agent.lineManagers.list()]
  for (const list of [topics, managers]) onTestFinished(list.retain())
  await until(topics, ({ sync }) => sync === 'live')
  await until(managers, ({ sync }) => sync === 'live')
  for (const name of ['billing', 'sales']) await root.topics.create({ name })
  for (const [user_id, positions_in_a_line] of [
    ['bob', 2],
    ['meg', 1],
  ] as const)
    await root.lineManagers.create({
      user_id,
      positions_in_a_line,
      average_serving_time: 5,
      is_unmanaged: true,
    })
  expect((await until(topics, ({ items }) => items.length === 2)).items.map(({ name }) => name)).toEqual([
    'billing',
    'sales',
  ])
  const { items } = await until(managers, (state) => state.items.length === 2)
  expect(items.map(({ user_id }) => user_id)).toEqual(['meg', 'bob'])
})

it('[TH1, TH2] finds topics and line managers in their lists, which it loads once for all', async () => {
  const { client } = await openChat()
  const root = await online(client('root', { role: 'admin' }))
  await root.topics.create({ name: 'billing' })
  const loads = countCalls(root, 'get_all_topics')
  const [billing, sales, nobody] = [
    root.topics.get(' Billing'),
    root.topics.get('sales'),
    root.lineManagers.get('nobody'),
  ]
  for (const thing of [billing, sales, nobody]) onTestFinished(thing.retain())
  expect(await until(billing, ({ sync }) => sync === 'live')).toMatchObject({ data: { name: 'billing' } })
  expect(await until(sales, ({ sync }) => sync === 'live')).toMatchObject({
    ...{ status: 'error', data: null, error: { code: 'not_found' } },
  })
  expect(await until(nobody, ({ sync }) => sync === 'live')).toMatchObject({ error: { code: 'not_found' } })
  const before = billing.getSnapshot()
  await root.topics.create({ name: 'sales' })
  expect((await until(sales, ({ status }) => status === 'ready')).data?.name).toBe('sales')
  expect(billing.getSnapshot()).toBe(before)
  expect(root.topics.get('billing')).toBe(billing)
  expect(loads()).toBe(1)
})
