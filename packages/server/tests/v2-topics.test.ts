import { describe, expect, it } from 'vitest'
import { connect, connectAs, key, runningServer, serverUrl, unique } from './support/v2-client.ts'
import {
  failure,
  lineManager,
  lineManagerFields,
  makeLineManager,
  makeTicket,
  refused,
  success,
  type Topic,
  topicFields,
  wholeLineManagerFields,
  wholeTopicFields,
} from './support/v2-frames.ts'

const newTicket = (product: string) => [
  'new_ticket',
  expect.objectContaining({ data: expect.objectContaining({ product }) }),
]

describe('create_topic', () => {
  it('[V2T1] answers the topic under its normalised name to the asker alone', async () => {
    const url = await serverUrl()
    const [asker, bystander] = [await connect(url), await connect(url)]
    const name = unique('Name of Topic')

    asker.emit('create_topic', { ...key, name, created_at: new Date() })

    const normalised = name.toLowerCase().replaceAll(' ', '_')
    await asker.hears(['setting_response', success('create_topic', { ...topicFields, name: normalised })])
    await bystander.hearsNothing()
  })

  it('[V2T2] with a name that exists, in any spelling, is a failure', async () => {
    const asker = await connect(await serverUrl())
    const name = unique('test product')
    await asker.ask('create_topic', { ...key, name })

    for (const again of [name, name.toUpperCase(), name.replace(' ', '_')]) {
      asker.emit('create_topic', { ...key, name: again })
      await asker.hears(['setting_response', failure('create_topic')])
      expect(await asker.ask('create_topic', { ...key, name: again })).toEqual(
        refused('create_topic', 'conflict'),
      )
    }
    const { data } = await asker.ask<Topic[]>('get_all_topics', key)
    expect(data.filter((topic) => topic.name === name.replaceAll(' ', '_'))).toHaveLength(1)
  })

  it('[V2T3] with an acknowledgement answers the canonical topic there', async () => {
    const asker = await connect(await serverUrl())
    const name = unique('topic')

    const answer = await asker.ask('create_topic', { ...key, name, created_at: '2024-03-05T10:00:00.000Z' })

    const data = { ...wholeTopicFields, name, client_created_at: '2024-03-05T10:00:00.000Z' }
    expect(answer).toEqual(success('create_topic', data))
    await asker.hearsNothing()
  })

  it('[V2T4] takes any created_at, which never becomes the time of the topic', async () => {
    const asker = await connect(await serverUrl())
    const forms = [
      '2024-03-05T10:00:00.000Z',
      1709632800000,
      1709632800,
      'Tue Mar 05 2024',
      'x',
      -1,
      1e300,
      {},
      null,
    ]

    for (const created_at of forms) {
      asker.emit('create_topic', { ...key, name: unique('topic'), created_at })
      const [[, answer] = []] = await asker.hears(['setting_response', success('create_topic', topicFields)])
      expect(JSON.stringify(answer)).not.toMatch(/2024-0/)
    }
  })
})

describe('one name at once', () => {
  it('[V2T15] makes one topic and one line manager, and a failure for everybody else', async () => {
    const url = await serverUrl()
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect(url)))
    const [name, user_id] = [unique('topic'), unique('agent')]
    const manager = { user_id, positions_in_a_line: 1, average_serving_time: 4 }

    const topics = await Promise.all(clients.map((client) => client.ask('create_topic', { ...key, name })))
    const managers = await Promise.all(
      clients.map((client) => client.ask('create_line_manager', { ...key, ...manager })),
    )

    for (const answers of [topics, managers]) {
      expect(answers.filter(({ status }) => status === 'success')).toHaveLength(1)
      expect(answers.filter(({ error }) => error?.code === 'conflict')).toHaveLength(7)
    }
  })
})

describe('get_all_topics', () => {
  it('[V2T5] answers a list of topics to the asker alone', async () => {
    const url = await serverUrl()
    const [asker, bystander] = [await connect(url), await connect(url)]
    const name = unique('topic')
    await bystander.ask('create_topic', { ...key, name })

    asker.emit('get_all_topics', key)

    const topics = expect.arrayContaining([{ ...topicFields, name }])
    await asker.hears(['setting_response', success('get_all_topics', topics)])
    await bystander.hearsNothing()
  })

  it.skipIf(runningServer)(
    '[V2T6] answers an empty list as a failure with a text, and still subscribes',
    async () => {
      const url = await serverUrl()
      const [asker, customer] = [await connect(url), await connect(url)]

      asker.emit('get_all_topics', key)
      await asker.hears(['setting_response', failure('get_all_topics')])

      await makeTicket(customer, { product: 'billing' })
      await asker.hears(newTicket('billing'))
    },
  )

  it.skipIf(runningServer)('[V2T7] acknowledges an empty list as one, and still subscribes', async () => {
    const url = await serverUrl()
    const [asker, customer] = [await connect(url), await connect(url)]

    expect(await asker.ask('get_all_topics', key)).toEqual(success('get_all_topics', []))
    await asker.hearsNothing()

    await makeTicket(customer, { product: 'billing' })
    await asker.hears(newTicket('billing'))
  })

  it('[V2T8] subscribes once, however often one asks, and for a handshake’s agent too, but no customer', async () => {
    const url = await serverUrl()
    const product = unique('topic')
    const [page, creator] = [await connect(url), await connect(url)]
    const agent = await connectAs(url, unique('agent'), { role: 'agent' })
    const customer = await connectAs(url, unique('customer'), { role: 'customer' })
    for (const client of [page, page, agent, customer]) {
      client.ignoreTicketsBut(product)
      client.emit('get_all_topics', key)
      await client.next(1)
    }

    await makeTicket(creator, { product })

    await page.hears(newTicket(product))
    await agent.hears(newTicket(product))
    await customer.hearsNothing()
  })
})

describe('create_line_manager', () => {
  it.each([
    ['numbers', { positions_in_a_line: 1, average_serving_time: 4 }],
    ['texts', { positions_in_a_line: '1', average_serving_time: '4' }],
  ])('[V2T9] takes %s, and answers the line manager to the asker alone', async (_title, fields) => {
    const url = await serverUrl()
    const [asker, bystander] = [await connect(url), await connect(url)]
    const user_id = unique('agent')

    asker.emit('create_line_manager', { ...key, ...fields, user_id, ticket_count: 0, created_at: new Date() })

    const data = { ...lineManagerFields, user_id, positions_in_a_line: 1, average_serving_time: 4 }
    await asker.hears(['setting_response', success('create_line_manager', data)])
    await bystander.hearsNothing()
  })

  it('[V2T10] takes a number as user id, and knows it again as text', async () => {
    const asker = await connect(await serverUrl())
    const user_id = Math.floor(Math.random() * 1e15)

    expect(await makeLineManager(asker, { user_id })).toMatchObject({ user_id: String(user_id) })

    const again = { ...key, user_id: String(user_id), positions_in_a_line: 1, average_serving_time: 4 }
    asker.emit('create_line_manager', again)
    await asker.hears(['setting_response', failure('create_line_manager')])
    expect(await asker.ask('create_line_manager', again)).toEqual(refused('create_line_manager', 'conflict'))
  })

  it('[V2T11] with an acknowledgement answers the canonical line manager there', async () => {
    const asker = await connect(await serverUrl())
    const user_id = unique('agent')
    const fields = { user_id, positions_in_a_line: '2', average_serving_time: 2.5, created_at: 'x' }

    const answer = await asker.ask('create_line_manager', { ...key, ...fields, ticket_count: -5 })

    const data = {
      ...wholeLineManagerFields,
      user_id,
      positions_in_a_line: 2,
      average_serving_time: 2.5,
      client_created_at: null,
    }
    expect(answer).toEqual(success('create_line_manager', data))
    await asker.hearsNothing()
  })

  it.skipIf(runningServer)('[V2T12] gives the new one the waiting tickets, oldest first', async () => {
    const url = await serverUrl()
    const [customer, asker] = [await connect(url), await connect(url)]
    const waiting = []
    for (let n = 0; n < 3; n++)
      waiting.push(await makeTicket(customer, { product: 'billing', user_id: `user ${n}` }))
    for (const ticket of waiting) expect(ticket).toMatchObject({ line_manager: null, waiting_time: null })

    await makeLineManager(asker, { user_id: 'ada', average_serving_time: 5 })

    expect(await lineManager(asker, 'ada')).toMatchObject({ ticket_count: 3 })
    const { data } = await asker.ask<{ tickets: unknown[] }>('get_tickets', { ...key, product: 'billing' })
    const expected = waiting.map(({ _id }, n) => ({ _id, line_manager: 'ada', waiting_time: 5 * n }))
    expect(data.tickets).toHaveLength(3)
    for (const ticket of expected) expect(data.tickets).toContainEqual(expect.objectContaining(ticket))
    await customer.hearsNothing()
  })
})

describe('get_all_line_managers', () => {
  it('[V2T13] answers a list of line managers to the asker alone', async () => {
    const url = await serverUrl()
    const [asker, bystander] = [await connect(url), await connect(url)]
    const user_id = unique('agent')
    await makeLineManager(bystander, { user_id })

    asker.emit('get_all_line_managers', key)

    const managers = expect.arrayContaining([{ ...lineManagerFields, user_id }])
    await asker.hears(['setting_response', success('get_all_line_managers', managers)])
    await bystander.hearsNothing()

    const acknowledged = expect.arrayContaining([{ ...wholeLineManagerFields, user_id }])
    expect(await asker.ask('get_all_line_managers', key)).toEqual(
      success('get_all_line_managers', acknowledged),
    )
    await asker.hearsNothing()
  })

  it.skipIf(runningServer)(
    '[V2T14] answers an empty list as a failure with a text, and acknowledges it as one',
    async () => {
      const asker = await connect(await serverUrl())

      asker.emit('get_all_line_managers', key)
      await asker.hears(['setting_response', failure('get_all_line_managers')])

      expect(await asker.ask('get_all_line_managers', key)).toEqual(success('get_all_line_managers', []))
      await asker.hearsNothing()
    },
  )
})
