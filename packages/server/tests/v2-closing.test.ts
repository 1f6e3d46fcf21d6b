import { describe, expect, it } from 'vitest'
import { connect, connectAs, key, runningServer, serverUrl, unique } from './support/v2-client.ts'
import {
  dataOf,
  failure,
  lineManager,
  makeLineManager,
  makeTicket,
  messageFields,
  nullable,
  refused,
  success,
  type Ticket,
  ticketMessageFields,
  time,
  wholeTicketFields,
} from './support/v2-frames.ts'

const minutes = (waiting_time: unknown) => [
  'waiting_time_response',
  success('create_ticket', { waiting_time }),
]
const answered = (data: unknown) => ['ticket_response', success('close_ticket', data)]

function close(ticket: Ticket, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...key,
    ticket_id: ticket._id,
    line_manager: ticket.line_manager,
    product: ticket.product,
    ...more,
  }
}

describe('close_ticket', () => {
  it('[V2X1] is answered to the asker, and shown to nobody as a message', async () => {
    const url = await serverUrl()
    const [creator, agent, reader, bystander] = await Promise.all([0, 1, 2, 3].map(() => connect(url)))
    if (!creator || !agent || !reader || !bystander) throw new Error('not connected')
    await makeLineManager(agent, { user_id: unique('agent') })
    const ticket = await makeTicket(creator, { product: unique('topic') })
    reader.emit('get_ticket_messages', { ...key, ticket_id: ticket._id })
    await reader.next(1)

    agent.emit('close_ticket', close(ticket, { ticket_date: '2024_03_05' }))

    await agent.hears(answered('Ticket Closed'))
    for (const socket of [creator, reader, bystander]) await socket.hearsNothing()
  })

  it('[V2X2] a second time says so, which is a success', async () => {
    const url = await serverUrl()
    const [creator, agent] = [await connect(url), await connect(url)]
    const ticket = await makeTicket(creator, { product: unique('topic') })
    agent.emit('close_ticket', close(ticket))
    await agent.hears(answered('Ticket Closed'))

    agent.emit('close_ticket', close(ticket))
    await agent.hears(answered('Ticket Already Closed'))
    await creator.hearsNothing()
    creator.emit('close_ticket', close(ticket))

    await creator.hears(answered('Ticket Already Closed'))
    await agent.hearsNothing()
  })

  it('[V2X3] by a subscriber is answered, and nothing else', async () => {
    const creator = await connect(await serverUrl())
    const ticket = await makeTicket(creator, { product: unique('topic') })

    creator.emit('close_ticket', close(ticket))

    await creator.hears(answered('Ticket Closed'))
    await creator.hearsNothing()
  })

  it.each([
    ['objects', { product: {}, line_manager: {} }],
    ['nothing', { product: undefined, line_manager: undefined }],
    ['null', { product: null, line_manager: null }],
    ['other names', { product: 'no such topic', line_manager: 'nobody' }],
    ['the name in capitals', { product: 'TEST_PRODUCT' }],
  ])('[V2X4] takes %s where the product and the line manager decide nothing', async (_title, fields) => {
    const url = await serverUrl()
    const [creator, agent] = [await connect(url), await connect(url)]
    const ticket = await makeTicket(creator, { product: unique('test_product') })

    agent.emit('close_ticket', close(ticket, fields))

    await agent.hears(answered('Ticket Closed'))
    await creator.hearsNothing()
  })

  it.each([['no-such-ticket'], [123]])('[V2X5] of an unknown ticket fails: %j', async (ticket_id) => {
    const agent = await connect(await serverUrl())
    const payload = { ...key, ticket_id, line_manager: 'x', product: 'x' }

    agent.emit('close_ticket', payload)
    await agent.hears(['ticket_response', failure('close_ticket')])
    expect(await agent.ask('close_ticket', payload)).toEqual(refused('close_ticket', 'not_found'))
  })

  it('[V2X6] with an acknowledgement answers the canonical ticket there', async () => {
    const url = await serverUrl()
    const [creator, agent] = [await connect(url), await connect(url)]
    const ticket = await makeTicket(creator, { product: unique('topic'), created_at: undefined })
    const { _id, product } = ticket

    for (const closed_now of [true, false]) {
      const closed = { is_closed: true, state: 'closed', waiting_time: null, closed_at: time }
      const whole = { ...wholeTicketFields, _id, product, ...closed, client_created_at: null }
      const data = { ticket: whole, closed_now }
      expect(await agent.ask('close_ticket', close(ticket))).toEqual(success('close_ticket', data))
      await agent.hearsNothing()
    }
    await creator.hearsNothing()
  })

  it('[V2X7] leaves a conversation that can be read, and that a message opens again', async () => {
    const url = await serverUrl()
    const [creator, agent] = [await connect(url), await connect(url)]
    const ticket = await makeTicket(creator, { product: unique('topic') })
    const { _id: ticket_id, product } = ticket
    const message = { ...key, ticket_id, product, message_data: 'hello', user_id: 'agent', reply_to: 'None' }
    await agent.ask('ticket_message_event', message)
    await agent.ask('close_ticket', close(ticket))
    await agent.next(1)
    await creator.next(1)

    agent.emit('get_ticket_messages', { ...key, ticket_id, product })
    const messages = [{ ...ticketMessageFields, ticket_id, product, message_data: 'hello' }]
    await agent.hears(['ticket_message_response', success('get_ticket_messages', messages)])
    const kinds = async () => {
      const { data } = await agent.ask<{ kind: string }[]>('get_ticket_messages', { ...key, ticket_id })
      return data.map(({ kind }) => kind)
    }
    const { data } = await agent.ask<unknown[]>('get_ticket_messages', { ...key, ticket_id })
    const fields = { ...messageFields, ticket_id, product, message_data: 'Ticket Closed', kind: 'closed' }
    expect(data[1]).toEqual({ ...fields, client_created_at: nullable(time) })

    agent.emit('ticket_message_event', { ...message, message_data: 'again' })
    const echo = expect.objectContaining({ ticket_id, message_data: 'again' })
    for (const socket of [agent, creator])
      await socket.hears(['ticket_message_response', success('send_message', echo)])
    await expect.poll(kinds, { timeout: 10_000 }).toEqual(['text', 'closed', 'text', 'reopened'])
    const { data: listed } = await agent.ask<{ tickets: Ticket[] }>('get_tickets', { ...key, product })
    expect(listed.tickets).toMatchObject([{ _id: ticket_id, is_closed: false }])
  })

  it('[V2X8] is for a customer to do with their own tickets', async () => {
    const url = await serverUrl()
    const user = unique('customer')
    const page = await connect(url)
    const product = unique('topic')
    const foreign = await makeTicket(page, { product, user_id: 'somebody-else' })
    const own = await makeTicket(await connect(url), { product, user_id: user })
    const customer = await connectAs(url, user)

    customer.emit('close_ticket', close(foreign))
    await customer.hears(['ticket_response', failure('close_ticket')])
    customer.emit('close_ticket', close(own, { line_manager: 'somebody-else' }))

    await customer.hears(answered('Ticket Closed'))
    await page.hearsNothing()
    const read = await page.ask<{ author: string }[]>('get_ticket_messages', { ...key, ticket_id: own._id })
    expect(read.data.map(({ author }) => author)).toEqual([user])
  })

  it.skipIf(runningServer)(
    '[V2X9] makes the count of the manager fall once, however often and by whomever it is closed',
    async () => {
      const url = await serverUrl()
      const agents = await Promise.all([0, 1, 2, 3].map(() => connect(url)))
      const [agent] = agents
      if (!agent) throw new Error('not connected')
      await makeLineManager(agent, { user_id: 'ada', positions_in_a_line: 1 })
      await makeLineManager(agent, { user_id: 'ben', positions_in_a_line: 2 })
      const creator = await connect(url)
      const tickets = []
      for (let n = 0; n < 4; n++) tickets.push(await makeTicket(creator, { product: 'billing' }))
      const [ticket] = tickets
      if (!ticket) throw new Error('no ticket')

      for (const one of agents) one.emit('close_ticket', close(ticket, { line_manager: 'ben' }))

      const texts = []
      for (const one of agents) {
        const [answer] = await one.hears(answered(expect.any(String)))
        texts.push(dataOf<string>(answer))
      }
      expect(texts.toSorted()).toEqual([...Array(3).fill('Ticket Already Closed'), 'Ticket Closed'])
      expect(await lineManager(agent, 'ada')).toMatchObject({ ticket_count: 1 })
      expect(await lineManager(agent, 'ben')).toMatchObject({ ticket_count: 2 })
    },
  )

  it.skipIf(runningServer)(
    '[V2X10] tells each ticket that still waits for the manager its new waiting time',
    async () => {
      const url = await serverUrl()
      const agent = await connect(url)
      await makeLineManager(agent, { user_id: 'ada', positions_in_a_line: 1, average_serving_time: 4 })
      const customers = await Promise.all([0, 1, 2].map(() => connect(url)))
      const tickets: Ticket[] = []
      for (const customer of customers) tickets.push(await makeTicket(customer, { product: 'billing' }))
      const [first, second, third] = customers
      const [ticket] = tickets
      if (!first || !second || !third || !ticket) throw new Error('not connected')
      await makeLineManager(agent, { user_id: 'ben', positions_in_a_line: 2 })
      const elsewhere = await connect(url)
      expect(await makeTicket(elsewhere, { product: 'billing' })).toMatchObject({ line_manager: 'ben' })

      agent.emit('close_ticket', close(ticket))

      await agent.hears(answered('Ticket Closed'))
      await first.hearsNothing()
      await second.hears(minutes(0))
      await third.hears(minutes(4))
      await elsewhere.hearsNothing()

      agent.emit('close_ticket', close(ticket))
      await agent.hears(answered('Ticket Already Closed'))
      for (const customer of customers) await customer.hearsNothing()
    },
  )

  it.skipIf(runningServer)('[V2X11] with an acknowledgement still tells the waiting tickets', async () => {
    const url = await serverUrl()
    const [agent, first, second] = [await connect(url), await connect(url), await connect(url)]
    await makeLineManager(agent, { user_id: 'ada', average_serving_time: 4 })
    const ticket = await makeTicket(first, { product: 'billing' })
    await makeTicket(second, { product: 'billing' })

    expect(await agent.ask('close_ticket', close(ticket))).toMatchObject({ status: 'success' })

    await agent.hearsNothing()
    await first.hearsNothing()
    await second.hears(minutes(0))
  })
})
