import { describe, expect, it } from 'vitest'
import { connect, connectAs, key, otherKey, runningServer, serverUrl, unique } from './support/v2-client.ts'
import {
  dataOf,
  failure,
  id,
  type LineManager,
  lineManager,
  makeLineManager,
  makeTicket,
  nullable,
  refused,
  success,
  type Ticket,
  type Topic,
  ticketFields,
  wholeTicketFields,
} from './support/v2-frames.ts'

const minutes = (waiting_time: unknown) => [
  'waiting_time_response',
  success('create_ticket', { waiting_time }),
]

describe('create_ticket', () => {
  it('[V2K1] answers the ticket, then its waiting time, then tells the subscribers of the workspace', async () => {
    const url = await serverUrl()
    const product = unique('topic')
    const [asker, subscriber, bystander] = [await connect(url), await connect(url), await connect(url)]
    for (const client of [asker, subscriber]) {
      client.ignoreTicketsBut(product)
      client.emit('get_all_topics', key)
      await client.next(1)
    }

    asker.emit('create_ticket', { ...key, user_id: 'customer', product, created_at: new Date() })

    const fields = { ...ticketFields, user_id: 'customer', product }
    const [answer, waiting, news] = await asker.hears(
      ['ticket_response', success('create_ticket', fields)],
      minutes(nullable(expect.any(Number))),
      ['new_ticket', { data: fields, status: 'success' }],
    )
    const ticket = dataOf<Ticket>(answer)
    expect(waiting).toEqual(minutes(ticket.waiting_time))
    expect(news).toEqual(['new_ticket', { data: ticket, status: 'success' }])
    await subscriber.hears(['new_ticket', { data: ticket, status: 'success' }])
    await bystander.hearsNothing()
  })

  it.each([
    ['a text', { user_id: 'customer' }, 'customer'],
    ['a number', { user_id: 12345 }, '12345'],
    ['none: one is given back', {}, id],
  ])('[V2K2] takes as user id %s', async (_title, fields, user_id) => {
    const asker = await connect(await serverUrl())

    expect(await makeTicket(asker, { product: unique('topic'), ...fields })).toMatchObject({ user_id })
  })

  it.each([
    ['an ISO text', '2024-03-05T10:00:00.000Z'],
    ['a Date', new Date(0)],
    ['an epoch number', 1709632800000],
    ['a date as text', 'Tue Mar 05 2024'],
    ['something else', { day: 1 }],
    ['nothing', undefined],
  ])('[V2K3] takes as created_at %s, and further fields', async (_title, created_at) => {
    const asker = await connect(await serverUrl())
    const before = Date.now() - 60_000

    const extras = {
      email: 'a@example.org',
      is_closed: true,
      line_manager: 'x',
    }
    const ticket = await makeTicket(asker, { product: unique('topic'), created_at, ...extras })

    expect(ticket.line_manager).not.toBe('x')
    expect(Date.parse((ticket as Ticket & { created_at: string }).created_at)).toBeGreaterThan(before)
  })

  it('[V2K4] makes an unknown product a topic, and normalises a known one', async () => {
    const asker = await connect(await serverUrl())
    const product = unique('TEST PRODUCT')
    const name = product.toLowerCase().replace(' ', '_')

    for (const spelling of [product, name, product.toLowerCase()]) {
      expect(await makeTicket(asker, { product: spelling })).toMatchObject({ product: name })
    }

    const { data } = await asker.ask<Topic[]>('get_all_topics', key)
    expect(data.filter((topic) => topic.name === name)).toHaveLength(1)
  })

  it('[V2K5] of a customer needs a topic that exists', async () => {
    const url = await serverUrl()
    const [admin, customer] = [await connect(url), await connectAs(url, unique('customer'))]
    const product = unique('topic')

    customer.emit('create_ticket', { product })
    await customer.hears(['ticket_response', failure('create_ticket')])
    expect(await customer.ask('create_ticket', { product })).toEqual(refused('create_ticket', 'not_found'))

    await admin.ask('create_topic', { ...key, name: product })
    customer.emit('create_ticket', { product, user_id: 'somebody-else' })
    const [answer] = await customer.hears(
      ['ticket_response', success('create_ticket', { ...ticketFields, product })],
      minutes(nullable(expect.any(Number))),
    )
    expect(dataOf<Ticket>(answer).user_id).not.toBe('somebody-else')
  })

  it.each([[{}], [[]], [null], [undefined], [''], [{ $ne: null }]])(
    '[V2K6] with product %j fails with a text',
    async (product) => {
      const asker = await connect(await serverUrl())

      asker.emit('create_ticket', { ...key, product })
      await asker.hears(['ticket_response', failure('create_ticket')])
      expect(await asker.ask('create_ticket', { ...key, product })).toEqual(
        refused('create_ticket', 'invalid_payload'),
      )
    },
  )

  it('[V2K7] with an acknowledgement answers the canonical ticket there, and tells the subscribers', async () => {
    const url = await serverUrl()
    const product = unique('topic')
    const [asker, subscriber] = [await connect(url), await connect(url)]
    subscriber.ignoreTicketsBut(product)
    subscriber.emit('get_all_topics', key)
    await subscriber.next(1)

    const answer = await asker.ask<Ticket>('create_ticket', { ...key, product, user_id: 'customer' })

    expect(answer).toEqual(success('create_ticket', { ...wholeTicketFields, product, closed_at: null }))
    await asker.hearsNothing()
    const fields = { ...ticketFields, _id: answer.data._id, product }
    await subscriber.hears(['new_ticket', { data: fields, status: 'success' }])
  })

  it.skipIf(runningServer)('[V2K8] is heard in its own workspace only', async () => {
    const url = await serverUrl()
    const [here, there] = [await connect(url), await connect(url)]
    here.emit('get_all_topics', key)
    there.emit('get_all_topics', otherKey)
    await here.next(1)
    await there.next(1)

    await makeTicket(await connect(url), { product: 'billing' })

    await here.next(1)
    await there.hearsNothing()
  })
})

describe('the line', () => {
  it.skipIf(runningServer)('[V2K19] lets a ticket wait while there is no line manager', async () => {
    const asker = await connect(await serverUrl())

    asker.emit('create_ticket', { ...key, product: 'billing' })

    const fields = { ...ticketFields, line_manager: null, waiting_time: null }
    await asker.hears(['ticket_response', success('create_ticket', fields)], minutes(null))
  })

  it.skipIf(runningServer)(
    '[V2K9] gives a ticket to the least loaded line manager, the lowest position first',
    async () => {
      const asker = await connect(await serverUrl())
      await makeLineManager(asker, { user_id: 'third', positions_in_a_line: '10' })
      await makeLineManager(asker, { user_id: 'second', positions_in_a_line: '2' })
      await makeLineManager(asker, { user_id: 'first', positions_in_a_line: 1 })

      const given = []
      for (let n = 0; n < 6; n++) given.push((await makeTicket(asker, { product: 'billing' })).line_manager)

      expect(given).toEqual(['first', 'second', 'third', 'first', 'second', 'third'])
      const { data } = await asker.ask<LineManager[]>('get_all_line_managers', key)
      expect(data.map(({ ticket_count }) => ticket_count)).toEqual([2, 2, 2])
    },
  )

  it.skipIf(runningServer)('[V2K10] shares twelve tickets that come at once', async () => {
    const url = await serverUrl()
    const asker = await connect(url)
    for (const user_id of ['ada', 'ben', 'cem']) await makeLineManager(asker, { user_id })
    const customers = await Promise.all(Array.from({ length: 12 }, () => connect(url)))

    await Promise.all(customers.map((customer) => makeTicket(customer, { product: 'billing' })))

    const { data } = await asker.ask<LineManager[]>('get_all_line_managers', key)
    expect(data.map(({ ticket_count }) => ticket_count)).toEqual([4, 4, 4])
  })

  it.skipIf(runningServer)(
    '[V2K11] tells the waiting time: the serving time of the manager × the open tickets before',
    async () => {
      const url = await serverUrl()
      const [asker, admin] = [await connect(url), await connect(url)]
      await makeLineManager(admin, { user_id: 'ada', average_serving_time: '4' })

      for (const waiting of [0, 4, 8]) {
        asker.emit('create_ticket', { ...key, product: 'billing' })
        const fields = { ...ticketFields, line_manager: 'ada', waiting_time: waiting }
        await asker.hears(['ticket_response', success('create_ticket', fields)], minutes(waiting))
      }
    },
  )
})

it('[V2K21] gives a customer without an id, or with null, one that belongs to the socket', async () => {
  const asker = await connect(await serverUrl())
  for (const user_id of [null, undefined]) {
    asker.emit('create_ticket', { ...key, product: unique('topic'), user_id })
    const [frame] = await asker.next(2)
    expect(dataOf<Ticket>(frame).user_id).toBe(`guest:${asker.id}`)
  }
})

describe('get_tickets', () => {
  it('[V2K12] answers the tickets of a product as get_ticket, to the asker alone', async () => {
    const url = await serverUrl()
    const [asker, customer] = [await connect(url), await connect(url)]
    const product = unique('TEST PRODUCT')
    const name = product.toLowerCase().replace(' ', '_')
    const tickets = [await makeTicket(customer, { product }), await makeTicket(customer, { product })]
    await makeTicket(customer, { product: unique('another') })

    for (const spelling of [product, name]) {
      asker.emit('get_tickets', { ...key, product: spelling })
      const fields = { ...ticketFields, product: name }
      const [answer] = await asker.hears(['ticket_response', success('get_ticket', [fields, fields])])
      const ids = dataOf<Ticket[]>(answer).map(({ _id }) => _id)
      expect(ids).toEqual(tickets.map(({ _id }) => _id))
    }
    await customer.hearsNothing()
  })

  it.each([
    ['an unknown product', { product: unique('unknown') }],
    ['no product', {}],
  ])('[V2K13] answers %s with an empty list', async (_title, fields) => {
    const asker = await connect(await serverUrl())
    await makeTicket(asker, { product: unique('topic') })

    asker.emit('get_tickets', { ...key, ...fields })

    await asker.hears(['ticket_response', success('get_ticket', [])])
  })

  it.each([[{}], [[]], [{ $ne: null }]])('[V2K14] with product %j fails with a text', async (product) => {
    const asker = await connect(await serverUrl())

    asker.emit('get_tickets', { ...key, product })
    await asker.hears(['ticket_response', failure('get_ticket')])
    expect(await asker.ask('get_tickets', { ...key, product })).toEqual(
      refused('get_tickets', 'invalid_payload'),
    )
  })

  it('[V2K15] with an acknowledgement answers a page of canonical tickets under its own name', async () => {
    const asker = await connect(await serverUrl())
    const product = unique('topic')
    await makeTicket(asker, { product, created_at: '2024-03-05T10:00:00.000Z' })

    const answer = await asker.ask('get_tickets', { ...key, product })

    const ticket = {
      ...wholeTicketFields,
      product,
      client_created_at: '2024-03-05T10:00:00.000Z',
      closed_at: null,
    }
    expect(answer).toEqual(success('get_tickets', { tickets: [ticket], more: false }))
    await asker.hearsNothing()
  })

  it('[V2K16] shows a customer their own tickets only', async () => {
    const url = await serverUrl()
    const product = unique('topic')
    const user = unique('customer')
    const page = await connect(url)
    await makeTicket(page, { product, user_id: 'somebody-else' })
    const own = await makeTicket(page, { product, user_id: user })

    const customer = await connectAs(url, user)
    customer.emit('get_tickets', { product })

    await customer.hears([
      'ticket_response',
      success('get_ticket', [{ ...ticketFields, _id: own._id, user_id: user }]),
    ])
  })

  it.skipIf(runningServer)('[V2K20] has no silent cap', async () => {
    const url = await serverUrl()
    const customers = await Promise.all([0, 1, 2].map(() => connect(url)))
    for (let n = 0; n < 70; n++) {
      await Promise.all(
        customers.map((customer) => customer.ask('create_ticket', { ...key, product: 'billing' })),
      )
    }

    const asker = await connect(url)
    asker.emit('get_tickets', { ...key, product: 'billing' })

    const [answer] = await asker.hears(['ticket_response', success('get_ticket', expect.any(Array))])
    expect(dataOf<Ticket[]>(answer)).toHaveLength(210)
  })

  it.skipIf(runningServer)('[V2K17] has nothing of another workspace', async () => {
    const asker = await connect(await serverUrl())
    await makeTicket(asker, { product: 'billing' })

    asker.emit('get_tickets', { ...otherKey, product: 'billing' })

    await asker.hears(['ticket_response', success('get_ticket', [])])
  })
})

describe('the line managers of the lists', () => {
  it('[V2K18] are those of the tickets, letter for letter, as are the topics', async () => {
    const asker = await connect(await serverUrl())
    await makeLineManager(asker, { user_id: Math.floor(Math.random() * 1e15), positions_in_a_line: '3' })

    const ticket = await makeTicket(asker, { product: unique('Some Topic') })

    const { data: topics } = await asker.ask<Topic[]>('get_all_topics', key)
    expect(topics.map(({ name }) => name)).toContain(ticket.product)
    expect(await lineManager(asker, ticket.line_manager ?? '')).toMatchObject({
      ticket_count: expect.any(Number),
    })
  })
})
