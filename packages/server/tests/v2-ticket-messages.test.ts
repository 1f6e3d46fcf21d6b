import { describe, expect, it } from 'vitest'
import {
  connect,
  connectAs,
  key,
  otherKey,
  runningServer,
  serverUrl,
  unique,
  type V2Client,
} from './support/v2-client.ts'
import {
  dataOf,
  failure,
  type Message,
  makeTicket,
  messageFields,
  refused,
  success,
  type Ticket,
  ticketMessageFields,
} from './support/v2-frames.ts'

function message(ticket: Ticket, more: Record<string, unknown> = {}): Record<string, unknown> {
  const { _id: ticket_id, product } = ticket
  const created_at = 'Tue Mar 05 2024'
  return {
    ...key,
    ticket_id,
    product,
    message_data: 'hello',
    user_id: 'customer',
    reply_to: 'None',
    created_at,
    ...more,
  }
}

function echo(ticket: Ticket, more: Record<string, unknown> = {}): unknown[] {
  const { _id: ticket_id, product } = ticket
  const data = {
    ...ticketMessageFields,
    ticket_id,
    product,
    message_data: 'hello',
    author: 'customer',
    ...more,
  }
  return ['ticket_message_response', success('send_message', { ...data, workspace_id: 'demo' })]
}

async function ticketOf(creator: V2Client): Promise<Ticket> {
  return makeTicket(creator, { product: unique('topic'), user_id: 'customer' })
}

describe('ticket_message_event', () => {
  it('[V2E1] reaches the subscribers of the ticket once, the sender included, and nobody else', async () => {
    const url = await serverUrl()
    const [creator, agent, bystander] = [await connect(url), await connect(url), await connect(url)]
    const ticket = await ticketOf(creator)
    const another = await ticketOf(bystander)

    agent.emit('ticket_message_event', message(ticket, { user_id: 'agent' }))
    await agent.hears(echo(ticket, { author: 'agent' }))
    await creator.hears(echo(ticket, { author: 'agent' }))

    creator.emit('ticket_message_event', message(ticket, { message_data: 'thanks' }))
    await creator.hears(echo(ticket, { message_data: 'thanks' }))
    await agent.hears(echo(ticket, { message_data: 'thanks' }))
    await bystander.hearsNothing()
    bystander.emit('ticket_message_event', message(another))
    await bystander.hears(echo(another))
  })

  it.each([
    [
      'JSON text',
      { message_data: '{"type":"image","url":"x"}' },
      { message_data: '{"type":"image","url":"x"}' },
    ],
    ['a number', { message_data: 7 }, { message_data: '7' }],
    ['a numeric user id', { user_id: 12345 }, { author: '12345' }],
    ['an object as product', { product: {} }, {}],
    ['no product', { product: undefined }, {}],
    ['an unknown product', { product: 'no such topic' }, {}],
    ['no reply_to', { reply_to: undefined }, {}],
    ['null as reply_to', { reply_to: null }, {}],
    ['a date as text', { created_at: 'Tue Mar 05 2024' }, {}],
    ['a number as created_at', { created_at: 1709632800000 }, {}],
    ['no created_at', { created_at: undefined }, {}],
    ['further fields', { is_read: true, author: 'admin', _id: 'mine' }, {}],
  ])('[V2E2] takes %s', async (_title, fields, expected) => {
    const creator = await connect(await serverUrl())
    const ticket = await ticketOf(creator)

    creator.emit('ticket_message_event', message(ticket, fields))

    await creator.hears(echo(ticket, expected))
  })

  it('[V2E3] keeps what it replies to', async () => {
    const creator = await connect(await serverUrl())
    const ticket = await ticketOf(creator)
    creator.emit('ticket_message_event', message(ticket))
    const [first] = await creator.hears(echo(ticket))
    const { _id } = dataOf<Message>(first)

    creator.emit('ticket_message_event', message(ticket, { reply_to: _id }))

    await creator.hears(echo(ticket, { reply_to: _id }))
  })

  it('[V2E4] with an acknowledgement is answered there, beside the live echo', async () => {
    const creator = await connect(await serverUrl())
    const ticket = await ticketOf(creator)

    const answer = await creator.ask('ticket_message_event', message(ticket))

    const { _id: ticket_id, product } = ticket
    const fields = {
      ...messageFields,
      stream: `ticket:${ticket_id}`,
      message_data: 'hello',
      author: 'customer',
    }
    const data = { ...fields, ticket_id, product, client_created_at: expect.any(String) }
    expect(answer).toEqual(success('ticket_message_event', data))
    await creator.hears(echo(ticket))
  })

  it('[V2E5] of a handshake’s session has its author, whatever the payload says', async () => {
    const url = await serverUrl()
    const user = unique('agent')
    const [creator, agent] = [await connect(url), await connectAs(url, user, { role: 'agent' })]
    const ticket = await ticketOf(creator)

    agent.emit('ticket_message_event', message(ticket, { user_id: 'somebody-else' }))

    await agent.hears(echo(ticket, { author: user }))
    await creator.hears(echo(ticket, { author: user }))
  })

  it.each([
    ['an unknown ticket', 'no-such-ticket'],
    ['a numeric one', 123],
  ])('[V2E6] to %s fails for the sender alone', async (_title, ticket_id) => {
    const url = await serverUrl()
    const [creator, sender] = [await connect(url), await connect(url)]
    const ticket = await ticketOf(creator)

    for (let again = 0; again < 2; again++) {
      sender.emit('ticket_message_event', message(ticket, { ticket_id }))
      await sender.hears(['error_response', failure('send_message')])
    }
    const answer = await sender.ask('ticket_message_event', message(ticket, { ticket_id }))
    expect(answer).toEqual(refused('ticket_message_event', 'not_found'))
    await creator.hearsNothing()
  })

  it('[V2E14] is told apart where everybody has the same user id', async () => {
    const url = await serverUrl()
    const [one, two, agent] = [await connect(url), await connect(url), await connect(url)]
    const first = await makeTicket(one, { product: unique('topic'), user_id: '12345' })
    const second = await makeTicket(two, { product: first.product, user_id: '12345' })

    one.emit('ticket_message_event', message(first, { user_id: '12345' }))
    await one.hears(echo(first, { author: '12345' }))
    agent.emit('ticket_message_event', message(second, { user_id: 'agent' }))
    await two.hears(echo(second, { author: 'agent' }))

    await one.hearsNothing()
    await agent.hears(echo(second, { author: 'agent' }))
  })

  it('[V2E7] is not heard in a room named like the ticket', async () => {
    const url = await serverUrl()
    const [creator, spy] = [await connect(url), await connect(url)]
    const ticket = await ticketOf(creator)
    for (const room of [ticket._id, `ticket:${ticket._id}`, `demo:ticket:${ticket._id}`]) {
      spy.emit('join', { room })
      await spy.next(1)
    }

    creator.emit('ticket_message_event', message(ticket))

    await creator.hears(echo(ticket))
    await spy.hearsNothing()
  })
})

describe('get_ticket_messages', () => {
  it('[V2E8] answers all messages in one list to the asker alone', async () => {
    const url = await serverUrl()
    const [creator, asker] = [await connect(url), await connect(url)]
    const ticket = await ticketOf(creator)
    const { _id: ticket_id, product } = ticket
    const texts = Array.from({ length: 210 }, (_, n) => `message ${n}`)
    for (let n = 0; n < texts.length; n += 70) {
      const some = texts.slice(n, n + 70)
      for (const message_data of some) creator.emit('ticket_message_event', message(ticket, { message_data }))
      await creator.hears(...some.map((message_data) => echo(ticket, { message_data })))
    }

    for (const given of [product, {}, undefined, 'no such topic']) {
      asker.emit('get_ticket_messages', { ...key, ticket_id, product: given })
      const fields = { ...ticketMessageFields, ticket_id, product, author: 'customer' }
      const messages = texts.map((message_data) => ({ ...fields, message_data }))
      await asker.hears(['ticket_message_response', success('get_ticket_messages', messages)])
    }
    await creator.hearsNothing()
  })

  it('[V2E9] answers an empty list where there are none, and subscribes once, however often one asks', async () => {
    const url = await serverUrl()
    const [creator, asker] = [await connect(url), await connect(url)]
    const ticket = await ticketOf(creator)

    for (let again = 0; again < 3; again++) {
      asker.emit('get_ticket_messages', { ...key, ticket_id: ticket._id, product: ticket.product })
      await asker.hears(['ticket_message_response', success('get_ticket_messages', [])])
    }

    creator.emit('ticket_message_event', message(ticket))
    await creator.hears(echo(ticket))
    await asker.hears(echo(ticket))
  })

  it('[V2E10] with an acknowledgement answers canonical messages there, and subscribes', async () => {
    const url = await serverUrl()
    const [creator, asker] = [await connect(url), await connect(url)]
    const ticket = await ticketOf(creator)
    creator.emit('ticket_message_event', message(ticket))
    await creator.hears(echo(ticket))

    const answer = await asker.ask('get_ticket_messages', { ...key, ticket_id: ticket._id })

    const { _id: ticket_id, product } = ticket
    const fields = { ...messageFields, stream: `ticket:${ticket_id}`, ticket_id, product, author: 'customer' }
    const data = [{ ...fields, message_data: 'hello', client_created_at: expect.any(String) }]
    expect(answer).toEqual(success('get_ticket_messages', data))
    await asker.hearsNothing()
    creator.emit('ticket_message_event', message(ticket))
    await asker.hears(echo(ticket))
  })

  it.each([['no-such-ticket'], [123], [null], [undefined]])(
    '[V2E11] of an unknown ticket is an empty list, and with an acknowledgement a failure: %j',
    async (ticket_id) => {
      const asker = await connect(await serverUrl())

      asker.emit('get_ticket_messages', { ...key, ticket_id, product: 'x' })
      await asker.hears(['ticket_message_response', success('get_ticket_messages', [])])

      const answer = await asker.ask('get_ticket_messages', { ...key, ticket_id })
      expect(answer).toEqual(refused('get_ticket_messages', 'not_found'))
    },
  )

  it('[V2E12] of another customer’s ticket are like those of none, and so is writing to it', async () => {
    const url = await serverUrl()
    const creator = await connect(url)
    const ticket = await ticketOf(creator)
    const customer = await connectAs(url, unique('customer'))

    for (const event of ['get_ticket_messages', 'ticket_message_event', 'close_ticket']) {
      const [foreign, missing] = [ticket._id, ticket._id.split('').reverse().join('')]
      const said = new Set<string>()
      for (const ticket_id of [foreign, missing]) {
        const answer = await customer.ask(event, message(ticket, { ticket_id }))
        expect(answer).toEqual(refused(event, 'not_found'))
        said.add(JSON.stringify(answer).replaceAll(ticket_id, '<ticket>'))
      }
      expect(said.size).toBe(1)
    }

    creator.emit('ticket_message_event', message(ticket))
    await creator.hears(echo(ticket))
    await customer.hearsNothing()
  })

  it.skipIf(runningServer)('[V2E13] of another workspace’s ticket are like those of none', async () => {
    const url = await serverUrl()
    const [creator, foreigner] = [await connect(url), await connect(url)]
    const ticket = await ticketOf(creator)

    for (const event of ['get_ticket_messages', 'ticket_message_event', 'close_ticket']) {
      const answer = await foreigner.ask(event, message(ticket, otherKey))
      expect(answer).toEqual(refused(event, 'not_found'))
    }

    creator.emit('ticket_message_event', message(ticket))
    await creator.hears(echo(ticket))
    await foreigner.hearsNothing()
  })
})
