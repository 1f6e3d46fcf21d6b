import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadsOf, newTicket, withLine } from '../../../tests/support/ticket-line.ts'

const other = { workspace_id: 'other', api_key: 'other-key' }
const openKey = { workspace_id: 'demo', api_key: 'demo-key' }

describe('a new ticket', () => {
  it('[TK1] is told to agents and admins, not to its customer', async () => {
    const { chat, admin } = await withLine([null])
    const [ann, bob, agent] = [
      await chat.connect('ann'),
      await chat.connect('bob'),
      await chat.connect('agent', { role: 'agent' }),
    ]
    const strangers = [
      await chat.connect('root', { role: 'admin', ...other }),
      await chat.connectV2({ ...openKey, user_id: 'page' }),
    ]

    const ticket = await ann.request('create_ticket', newTicket())

    expect(ticket).toEqual({
      _id: expect.any(String),
      user_id: 'ann',
      display_name: null,
      line_manager: 'manager-1',
      is_closed: false,
      ...{ state: 'assigned', subject: null, priority: 'normal', tags: [], target: null, rating: null },
      ...{ enqueued_at: ticket.created_at, assigned_at: ticket.created_at, answered_at: null },
      created_at: expect.stringMatching(/Z$/),
      updated_at: ticket.created_at,
      closed_at: null,
      client_created_at: null,
      product: 'sales',
      waiting_time: 0,
    })
    for (const socket of [agent, admin])
      expect(await socket.heard(1)).toEqual([['new_ticket', { data: ticket }]])
    for (const socket of [ann, bob, ...strangers]) expect(await socket.heard()).toEqual([])
  })

  it('[TK1] is acknowledged before its own agent hears of it', async () => {
    const { admin } = await withLine([])
    const order: string[] = []
    admin.socket.onAny((event) => order.push(event))
    admin.emit('create_ticket', newTicket(), () => order.push('answer'))
    await admin.first('new_ticket')
    expect(order).toEqual(['answer', 'new_ticket'])
  })

  it("[TK1] of a customer needs its topic; an admin's makes it, once", async () => {
    const { chat, admin } = await withLine([])
    const [ann, agent] = [await chat.connect('ann'), await chat.connect('agent', { role: 'agent' })]
    const ticket = { product: 'unheard_of', cid: randomUUID() }
    for (const socket of [ann, agent]) expect(await socket.refusal('create_ticket', ticket)).toBe('not_found')
    await Promise.all([1, 2, 3].map(() => admin.request('create_ticket', { ...ticket, cid: randomUUID() })))
    const topics = await ann.request('get_all_topics', {})
    expect(topics.map(({ name }) => name)).toEqual(['sales', 'unheard_of'])
    expect(await ann.request('create_ticket', ticket)).toMatchObject({ product: 'unheard_of' })
  })

  it('[CT4] is stored once, however often and from wherever it is asked for', async () => {
    const { chat, admin } = await withLine([null])
    const [ann, phone, bob] = [
      await chat.connect('ann'),
      await chat.connect('ann'),
      await chat.connect('bob'),
    ]
    const wanted = newTicket()

    const answers = await Promise.all(
      [ann, phone, ann, phone].map((socket) => socket.request('create_ticket', wanted)),
    )
    expect(new Set(answers.map(({ _id }) => _id)).size).toBe(1)
    expect(await admin.heard(1)).toEqual([['new_ticket', { data: answers[0] }]])
    expect(await loadsOf(admin)).toEqual([1])

    await admin.request('create_topic', { name: 'support', cid: randomUUID() })
    expect(await ann.refusal('create_ticket', { ...wanted, product: 'support' })).toBe('conflict')
    expect(await bob.request('create_ticket', wanted)).toMatchObject({ user_id: 'bob' })

    const ticket_id = answers[0]?._id ?? ''
    const { ticket } = await ann.request('close_ticket', { ticket_id })
    expect(await phone.request('create_ticket', wanted)).toEqual(ticket)
    // The topic, Bob's ticket, the closed one, and how long Bob waits now.
    const heard = (await admin.heard(4)).map(([event]) => event)
    expect(heard).toEqual(['topic_changed', 'new_ticket', 'ticket_updated', 'ticket_updated'])
  })

  it('[CT4] takes only what a customer may say: the rest is the server’s', async () => {
    const { chat } = await withLine([null])
    const ann = await chat.connect('ann', { name: 'Ann' })
    const claims = {
      user_id: 'bob',
      line_manager: 'bob',
      is_closed: true,
      waiting_time: -5,
      _id: 'x',
      display_name: 'Bob',
    }
    const answer = await ann.ask('create_ticket', {
      ...newTicket(),
      ...claims,
      closed_at: '9999-01-01T00:00:00.000Z',
    })
    expect(answer).toMatchObject({
      data: {
        user_id: 'ann',
        display_name: 'Ann',
        line_manager: 'manager-1',
        is_closed: false,
        closed_at: null,
        waiting_time: 0,
      },
    })
  })
})

describe('a ticket of a V2 page', () => {
  it('[V2-12] is of the user that the payload claims, else of the socket itself, which is given back', async () => {
    const { chat } = await withLine([null])
    const page = await chat.connectV2()
    const created = async (fields: object) => {
      page.emit('create_ticket', { ...openKey, product: 'sales', ...fields })
      const [frame] = await page.heard(2)
      return frame
    }
    const ticketOf = (user_id: string) => [
      'ticket_response',
      { status: 'success', operation: 'create_ticket', data: expect.objectContaining({ user_id }) },
    ]
    expect(await created({ user_id: 'ann' })).toEqual(ticketOf('ann'))
    expect(await created({})).toEqual(ticketOf(`guest:${page.id}`))
  })
})
