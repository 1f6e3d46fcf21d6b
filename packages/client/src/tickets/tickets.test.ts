import { expect, it, onTestFinished } from 'vitest'
import { openChat, until } from '../testing/chat.ts'

async function desk() {
  const { client } = await openChat()
  const clients = {
    customer: client('cus'),
    agent: client('meg', { role: 'agent' }),
    admin: client('root', { role: 'admin' }),
  }
  for (const one of Object.values(clients)) {
    onTestFinished(one.connect())
    await until(one.connection, ({ status }) => status === 'online')
  }
  await clients.admin.topics.create({ name: 'Billing Stuff' })
  await clients.admin.lineManagers.create({
    user_id: 'meg',
    positions_in_a_line: 1,
    average_serving_time: 4,
    is_unmanaged: true,
  })
  return clients
}

it('shows a customer’s ticket to the agent, lets them talk, and tells both that it is closed', async () => {
  const { customer, agent } = await desk()
  const [own, all] = [customer.tickets.list(), agent.tickets.list({ product: 'Billing Stuff' })]
  for (const list of [own, all]) onTestFinished(list.retain())
  for (const list of [own, all]) await until(list, ({ status }) => status === 'ready')

  const ticket = await customer.tickets.create({ product: 'Billing Stuff' })
  expect(ticket).toMatchObject({ product: 'billing_stuff', line_manager: 'meg', user_id: 'cus' })
  expect(own.getSnapshot().items).toEqual([ticket])
  expect((await until(all, ({ items }) => items.length === 1)).items).toEqual([ticket])

  const talks = [customer, agent].map(({ tickets }) => tickets.messages(ticket._id))
  for (const talk of talks) onTestFinished(talk.retain())
  const [theirs, ours] = talks
  for (const talk of talks) await until(talk, ({ sync }) => sync === 'live')
  await theirs?.send('help')
  await ours?.send('at once')
  await agent.tickets.close(ticket._id)

  for (const talk of talks) {
    const { messages } = await until(talk, (state) => state.messages.length === 3)
    expect(messages.map(({ message }) => [message.message_data, message.kind])).toEqual([
      ['help', 'text'],
      ['at once', 'text'],
      ['Ticket Closed', 'closed'],
    ])
  }
  for (const list of [own, all]) await until(list, ({ items }) => items[0]?.is_closed === true)
})

it('has every list once, whoever asks, and the topics and line managers in it', async () => {
  const { admin } = await desk()
  expect(admin.tickets.list({ product: 'Billing Stuff' })).toBe(
    admin.tickets.list({ product: 'billing_stuff' }),
  )
  for (const list of [admin.topics.list(), admin.lineManagers.list()]) onTestFinished(list.retain())
  const topics = await until(admin.topics.list(), ({ status }) => status === 'ready')
  expect(topics.items.map(({ name }) => name)).toEqual(['billing_stuff'])
  const managers = await until(admin.lineManagers.list(), ({ status }) => status === 'ready')
  expect(managers.items).toMatchObject([{ user_id: 'meg', ticket_count: 0 }])
  await admin.topics.create({ name: 'Sales' })
  expect(
    admin.topics
      .list()
      .getSnapshot()
      .items.map(({ name }) => name),
  ).toEqual(['billing_stuff', 'sales'])
})
