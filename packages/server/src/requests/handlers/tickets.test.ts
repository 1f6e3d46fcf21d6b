import { randomUUID } from 'node:crypto'
import type { LineManager, Ticket } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ChatServerOptions } from '../../chat-server.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../../stores/store.ts'
import { type Frame, messagesIn, openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'

vi.setConfig({ testTimeout: 60_000 })

const other = { workspace_id: 'other', api_key: 'other-key' }
const openKey = { workspace_id: 'demo', api_key: 'demo-key' }

/** A workspace with the topic `sales` and line managers, the first at position 1. */
async function withLine(
  capacities: readonly (number | null)[],
  options: Partial<ChatServerOptions> = {},
): Promise<{ chat: TestChat; admin: TestSocket }> {
  const chat = await openChat(onTestFinished, options)
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  for (const [at, capacity] of capacities.entries()) await makeLineManager(admin, at + 1, capacity)
  await admin.heard()
  return { chat, admin }
}

function makeLineManager(
  admin: TestSocket,
  position: number,
  capacity: number | null = null,
): Promise<LineManager> {
  const user_id = `manager-${position}`
  const manager = {
    user_id,
    positions_in_a_line: position,
    average_serving_time: 4,
    capacity,
    cid: randomUUID(),
  }
  return admin.request('create_line_manager', manager)
}

const newTicket = () => ({ product: 'sales', cid: randomUUID() })
const message = (ticket_id: string, message_data: string) => ({ ticket_id, message_data, cid: randomUUID() })
const updated = (data: unknown): Frame => ['ticket_updated', { data }]

async function openTickets(admin: TestSocket): Promise<Ticket[]> {
  const { tickets } = await admin.request('get_tickets', { limit: 5_000 })
  return tickets.filter(({ is_closed }) => !is_closed)
}

/** How many open tickets each line manager has, counted from the tickets; fails where `ticket_count` says otherwise. */
async function loads(admin: TestSocket): Promise<number[]> {
  const [managers, open] = [await admin.request('get_all_line_managers', {}), await openTickets(admin)]
  const counted = managers.map(
    ({ user_id }) => open.filter(({ line_manager }) => line_manager === user_id).length,
  )
  expect(managers.map(({ ticket_count }) => ticket_count)).toEqual(counted)
  return counted
}

const spread = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts)

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
    expect(await loads(admin)).toEqual([1])

    await admin.request('create_topic', { name: 'support', cid: randomUUID() })
    expect(await ann.refusal('create_ticket', { ...wanted, product: 'support' })).toBe('conflict')
    expect(await bob.request('create_ticket', wanted)).toMatchObject({ user_id: 'bob' })

    const ticket_id = answers[0]?._id ?? ''
    const { ticket } = await ann.request('close_ticket', { ticket_id })
    expect(await phone.request('create_ticket', wanted)).toEqual(ticket)
    expect(await admin.heard(2)).toHaveLength(2)
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

describe('the line', () => {
  it.each([
    [12, 3],
    [200, 3],
    [200, 7],
  ])(
    '[TK2] spreads %i tickets, made at once by as many sockets, over %i line managers',
    async (count, managers) => {
      const { chat, admin } = await withLine(Array.from({ length: managers }, () => null))
      const customers = await Promise.all(
        Array.from({ length: count }, (_, at) => chat.connect(`customer-${at}`)),
      )

      const tickets = await Promise.all(
        customers.map((customer) => customer.request('create_ticket', newTicket())),
      )

      const assigned = await loads(admin)
      expect(assigned.reduce((sum, one) => sum + one)).toBe(count)
      expect(spread(assigned)).toBeLessThanOrEqual(1)
      expect(await admin.heard(count)).toHaveLength(count)

      // Half of them are closed twice at once, by the customer and by an agent.
      const half = tickets.filter((_, at) => at % 2 === 0)
      const closings = await Promise.all(
        half.flatMap(({ _id }, at) => [
          customers[at * 2]?.request('close_ticket', { ticket_id: _id }),
          admin.request('close_ticket', { ticket_id: _id }),
        ]),
      )
      expect(closings.filter((closing) => closing?.closed_now)).toHaveLength(half.length)
      expect((await loads(admin)).reduce((sum, one) => sum + one)).toBe(count - half.length)

      // What comes next fills up whoever has fewest.
      await Promise.all(half.map((_, at) => customers[at]?.request('create_ticket', newTicket())))
      expect(spread(await loads(admin))).toBeLessThanOrEqual(1)
    },
  )

  it('[TK2] gives a ticket to whoever has fewest, then to the lowest position', async () => {
    const { chat, admin } = await withLine([null, null])
    const ann = await chat.connect('ann')
    const managersOf = async (count: number) => {
      const tickets: Ticket[] = []
      for (let n = 0; n < count; n++) tickets.push(await ann.request('create_ticket', newTicket()))
      return tickets
    }
    const first = await managersOf(4)
    expect(first.map(({ line_manager }) => line_manager)).toEqual([
      'manager-1',
      'manager-2',
      'manager-1',
      'manager-2',
    ])
    for (const ticket of first.filter(({ line_manager }) => line_manager === 'manager-2')) {
      await ann.request('close_ticket', { ticket_id: ticket._id })
    }
    expect((await managersOf(2)).map(({ line_manager }) => line_manager)).toEqual(['manager-2', 'manager-2'])
    expect(await loads(admin)).toEqual([2, 2])
  })

  it("[TK2] is not harmed by a V2 page that says '2' beside 1 as position", async () => {
    const { chat, admin } = await withLine([null])
    const page = await chat.connectV2()
    const manager = {
      ...openKey,
      user_id: 'manager-2',
      positions_in_a_line: '2',
      average_serving_time: '4',
      ticket_count: 0,
    }
    expect(await page.ask('create_line_manager', manager)).toMatchObject({ data: { positions_in_a_line: 2 } })
    await makeLineManager(admin, 10)
    const ann = await chat.connect('ann')
    const tickets: Ticket[] = []
    for (let n = 0; n < 6; n++) tickets.push(await ann.request('create_ticket', newTicket()))
    expect(tickets.map(({ line_manager }) => line_manager)).toEqual([
      'manager-1',
      'manager-2',
      'manager-10',
      'manager-1',
      'manager-2',
      'manager-10',
    ])
    expect(await loads(admin)).toEqual([2, 2, 2])
  })

  it('[TK2] gives nobody more than their capacity', async () => {
    const { chat, admin } = await withLine([2, 1])
    const customers = await Promise.all(Array.from({ length: 10 }, (_, at) => chat.connect(`customer-${at}`)))
    const tickets = await Promise.all(
      customers.map((customer) => customer.request('create_ticket', newTicket())),
    )
    expect(await loads(admin)).toEqual([2, 1])
    const waiting = tickets.filter(({ line_manager }) => line_manager === null)
    expect(waiting).toHaveLength(7)
    for (const { waiting_time } of waiting) expect(waiting_time).toBeNull()
  })

  it('[TK2] gives waiting tickets to a new line manager, oldest first, and tells those concerned', async () => {
    const { chat, admin } = await withLine([])
    const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
    const tickets: Ticket[] = []
    for (let n = 0; n < 5; n++) tickets.push(await ann.request('create_ticket', newTicket()))
    expect(tickets.map(({ line_manager }) => line_manager)).toEqual([null, null, null, null, null])
    await bob.refusal('join_ticket', { ticket_id: tickets[0]?._id })
    await admin.heard(5)

    const manager = await makeLineManager(admin, 1, 3)

    expect(manager.ticket_count).toBe(3)
    const taken = tickets
      .slice(0, 3)
      .map(({ _id }, at) =>
        updated(expect.objectContaining({ _id, line_manager: 'manager-1', waiting_time: 4 * at })),
      )
    for (const socket of [ann, admin]) expect(await socket.heard(3)).toEqual(taken)
    expect(await bob.heard()).toEqual([])
    expect(await loads(admin)).toEqual([3])
  })

  it('[TK2] gives a place that becomes free to whoever waits longest', async () => {
    const { chat, admin } = await withLine([1])
    const ann = await chat.connect('ann')
    const tickets: Ticket[] = []
    for (let n = 0; n < 4; n++) tickets.push(await ann.request('create_ticket', newTicket()))
    const order: unknown[] = []
    for (const { _id } of tickets) {
      const [open] = (await openTickets(admin)).filter(({ line_manager }) => line_manager !== null)
      order.push(open?._id)
      await admin.request('close_ticket', { ticket_id: _id })
    }
    expect(order).toEqual(tickets.map(({ _id }) => _id))
    expect(await loads(admin)).toEqual([0])
    expect(await ann.heard(7)).toHaveLength(7)
  })

  it('[TK2] leaves nobody waiting beside a free line manager, whoever comes at the same time', async () => {
    const { chat, admin } = await withLine([])
    const customers = await Promise.all(Array.from({ length: 30 }, (_, at) => chat.connect(`customer-${at}`)))
    const made = customers.map((customer) => customer.request('create_ticket', newTicket()))
    await Promise.all([...made, makeLineManager(admin, 1, 10), makeLineManager(admin, 2, 10)])
    expect(await loads(admin)).toEqual([10, 10])
    expect((await openTickets(admin)).filter(({ line_manager }) => line_manager === null)).toHaveLength(10)
    const open = await openTickets(admin)
    await Promise.all(open.slice(0, 15).map(({ _id }) => admin.request('close_ticket', { ticket_id: _id })))
    const left = await openTickets(admin)
    expect(left.filter(({ line_manager }) => line_manager === null)).toEqual([])
    expect((await loads(admin)).reduce((sum, one) => sum + one)).toBe(15)
  })

  it('[TK6] says how long the open tickets of the same line manager before it take', async () => {
    const { chat, admin } = await withLine([null])
    const ann = await chat.connect('ann')
    const tickets: Ticket[] = []
    for (let n = 0; n < 3; n++) tickets.push(await ann.request('create_ticket', newTicket()))
    expect(tickets.map(({ waiting_time }) => waiting_time)).toEqual([0, 4, 8])
    await admin.request('close_ticket', { ticket_id: tickets[0]?._id ?? '' })
    const { tickets: now } = await ann.request('get_tickets', {})
    expect(now.map(({ waiting_time }) => waiting_time)).toEqual([4, 0, null])
  })
})

describe('closing', () => {
  it('[TK3] closes once, and tells the customer, agents and whoever joined', async () => {
    const { chat, admin } = await withLine([null])
    const [ann, annsPhone, agent] = [
      await chat.connect('ann'),
      await chat.connect('ann'),
      await chat.connect('agent', { role: 'agent' }),
    ]
    const ticket = await ann.request('create_ticket', newTicket())
    await ann.request('join_ticket', { ticket_id: ticket._id })
    await admin.heard(1)
    await agent.heard(1)

    const closing = await agent.request('close_ticket', { ticket_id: ticket._id })
    const again = await admin.request('close_ticket', { ticket_id: ticket._id })

    const { updated_at } = closing.ticket
    const closed = { ...ticket, is_closed: true, updated_at, closed_at: updated_at, waiting_time: null }
    expect(closing).toEqual({ ticket: closed, closed_now: true })
    expect(again).toEqual({ ticket: closed, closed_now: false })
    const heard = await ann.heard(2)
    expect(heard.filter(([event]) => event === 'ticket_updated')).toEqual([updated(closed)])
    expect(messagesIn(heard)).toMatchObject([
      {
        kind: 'closed',
        message_data: 'Ticket Closed',
        author: 'agent',
        seq: 1,
        nth: 1,
        ticket_id: ticket._id,
        product: 'sales',
      },
    ])
    expect(heard).toHaveLength(2)
    for (const socket of [annsPhone, agent, admin]) expect(await socket.heard(1)).toEqual([updated(closed)])
    expect(await loads(admin)).toEqual([0])
  })

  it('[TK3] has one entry and one winner of many that close at once', async () => {
    const { chat, admin } = await withLine([null])
    const ann = await chat.connect('ann')
    const agents = await Promise.all([1, 2, 3, 4].map((n) => chat.connect(`agent-${n}`, { role: 'agent' })))
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const closings = await Promise.all(
      [ann, ...agents].map((one) => one.request('close_ticket', { ticket_id })),
    )
    expect(closings.filter(({ closed_now }) => closed_now)).toHaveLength(1)
    expect(new Set(closings.map(({ ticket }) => JSON.stringify(ticket))).size).toBe(1)
    expect(await ann.request('get_ticket_messages', { ticket_id })).toHaveLength(1)
    expect(await loads(admin)).toEqual([0])
  })

  it('[TK4] leaves a ticket that can be read and not written into', async () => {
    const { chat, admin } = await withLine([null])
    const ann = await chat.connect('ann')
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const sent = await ann.request('ticket_message_event', message(ticket_id, 'help'))
    await admin.request('close_ticket', { ticket_id })

    expect(await ann.refusal('ticket_message_event', message(ticket_id, 'thanks'))).toBe('ticket_closed')
    expect(await ann.request('join_ticket', { ticket_id })).toMatchObject({
      entries: [sent, { kind: 'closed' }],
    })
    expect(await ann.request('get_ticket_messages', { ticket_id })).toMatchObject([sent, { kind: 'closed' }])
  })

  it('[CT4] answers a message that was stored before with that message, also once its ticket is closed', async () => {
    const { chat, admin } = await withLine([null])
    const ann = await chat.connect('ann')
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const help = message(ticket_id, 'help')
    const sent = await ann.request('ticket_message_event', help)
    await admin.request('close_ticket', { ticket_id })
    expect(await ann.ask('ticket_message_event', help)).toMatchObject({ status: 'success', data: sent })
  })
})

describe('what is cut off half-way', () => {
  /** A store that fails in one place for as long as `isDown`: before or after it has written. */
  async function failingStore(at: 'the entry' | "the entry's answer" | 'the line') {
    const embedded = await embeddedStore({ path: ':memory:' })
    const failing = { isDown: false }
    const failIf = (place: typeof at) => {
      if (failing.isDown && place === at) throw new StoreUnavailableError(`${place} is lost`)
    }
    const append: Store['streams']['append'] = async (key, drafts) => {
      failIf('the entry')
      const stored = await embedded.streams.append(key, drafts)
      failIf("the entry's answer")
      return stored
    }
    const assignWaiting: Store['tickets']['assignWaiting'] = async (workspaceId) => {
      failIf('the line')
      return embedded.tickets.assignWaiting(workspaceId)
    }
    const store: Store = {
      ...embedded,
      streams: { ...embedded.streams, append },
      tickets: { ...embedded.tickets, assignWaiting },
    }
    return { failing, options: { store, logger: { info() {}, warn() {}, error() {} } } }
  }

  it.each(['the entry', "the entry's answer", 'the line'] as const)(
    '[TK3] is completed by closing again, with one entry and for the next in line: %s',
    async (place) => {
      const { failing, options } = await failingStore(place)
      const { chat, admin } = await withLine([1], options)
      const ann = await chat.connect('ann')
      const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
      const waiting = await ann.request('create_ticket', newTicket())
      await admin.heard(2)

      failing.isDown = true
      expect(await admin.refusal('close_ticket', { ticket_id })).toBe('unavailable')
      failing.isDown = false
      expect(await ann.heard()).toEqual([])
      await admin.request('close_ticket', { ticket_id })

      expect(await ann.request('get_ticket_messages', { ticket_id })).toMatchObject([{ kind: 'closed' }])
      expect(await loads(admin)).toEqual([1])
      const news = (await ann.heard(1)).map(([, data]) => data)
      expect(news).toContainEqual({
        data: expect.objectContaining({ _id: waiting._id, line_manager: 'manager-1' }),
      })
      if (place !== 'the entry') return
      expect(news).toContainEqual({ data: expect.objectContaining({ _id: ticket_id, is_closed: true }) })
    },
  )

  it('[TK2] is completed by making the line manager again: who waits is taken', async () => {
    const { failing, options } = await failingStore('the line')
    const { chat, admin } = await withLine([], options)
    const ann = await chat.connect('ann')
    await ann.request('create_ticket', newTicket())
    const manager = { user_id: 'max', positions_in_a_line: 1, average_serving_time: 4, cid: randomUUID() }
    failing.isDown = true
    expect(await admin.refusal('create_line_manager', manager)).toBe('unavailable')
    failing.isDown = false
    expect(await admin.request('create_line_manager', manager)).toMatchObject({ ticket_count: 1 })
    expect(await loads(admin)).toEqual([1])
  })
})

describe('a conversation', () => {
  it('[ST3] is heard by whoever has joined it, until they leave', async () => {
    const { chat } = await withLine([null])
    const [ann, phone, agent] = [
      await chat.connect('ann'),
      await chat.connect('ann'),
      await chat.connect('agent', { role: 'agent' }),
    ]
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    await agent.heard(1)
    await ann.request('join_ticket', { ticket_id })
    await agent.request('join_ticket', { ticket_id })

    const first = await agent.request('ticket_message_event', message(ticket_id, 'hello'))
    expect(first).toMatchObject({
      author: 'agent',
      stream: `ticket:${ticket_id}`,
      ticket_id,
      product: 'sales',
      kind: 'text',
    })
    for (const socket of [ann, agent]) expect(messagesIn(await socket.heard(1))).toEqual([first])
    await agent.request('leave_ticket', { ticket_id })
    const second = await ann.request('ticket_message_event', message(ticket_id, 'hi'))

    expect(messagesIn(await ann.heard(1))).toEqual([second])
    for (const socket of [agent, phone]) expect(await socket.heard()).toEqual([])
    const page = await phone.request('join_ticket', { ticket_id, limit: 1 })
    expect(page).toMatchObject({ entries: [second], more: true, stream: `ticket:${ticket_id}` })
    const position = { epoch: page.epoch, seq: first.seq, id: first._id }
    expect(await phone.request('join_ticket', { ticket_id, position })).toMatchObject({
      entries: [second],
      more: false,
    })
    expect(
      await phone.request('get_messages', { stream: `ticket:${ticket_id}`, before: second.nth }),
    ).toMatchObject({ entries: [first] })
    expect(await phone.request('get_ticket_messages', { ticket_id })).toEqual([first, second])
  })

  it('[ST7] stores a message once, whichever socket repeats it', async () => {
    const { chat } = await withLine([null])
    const [ann, phone] = [await chat.connect('ann'), await chat.connect('ann')]
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    await ann.request('join_ticket', { ticket_id })
    const wanted = message(ticket_id, 'help')
    const answers = await Promise.all(
      [ann, phone, ann].map((socket) => socket.request('ticket_message_event', wanted)),
    )
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(messagesIn(await ann.heard(1))).toEqual([answers[0]])
    expect(await ann.refusal('ticket_message_event', { ...wanted, message_data: 'no' })).toBe('conflict')
  })

  it('[MS1] shows everybody under the name of their session', async () => {
    const { chat } = await withLine([null])
    const ann = await chat.connect('ann', { name: 'Ann' })
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const claims = {
      author: 'root',
      user_id: 'root',
      line_manager: 'root',
      kind: 'closed',
      display_name: 'Root',
      product: 'x',
    }
    expect(
      await ann.ask('ticket_message_event', { ...message(ticket_id, 'Ticket Closed'), ...claims }),
    ).toMatchObject({
      data: { author: 'ann', display_name: 'Ann', kind: 'text', product: 'sales' },
    })
  })
})

describe('what customers see', () => {
  it('[TK5] is their own tickets; agents and admins see all, newest first, page by page', async () => {
    const { chat, admin } = await withLine([null])
    const [ann, bob, agent] = [
      await chat.connect('ann'),
      await chat.connect('bob'),
      await chat.connect('agent', { role: 'agent' }),
    ]
    await admin.request('create_topic', { name: 'support', cid: randomUUID() })
    const made: Ticket[] = []
    for (const [socket, product] of [
      [ann, 'sales'],
      [bob, 'sales'],
      [ann, 'support'],
      [bob, 'support'],
      [ann, 'sales'],
    ] as const) {
      made.unshift(await socket.request('create_ticket', { product, cid: randomUUID() }))
    }
    const ids = async (socket: TestSocket, payload: object) => {
      const { tickets, more } = await socket.request('get_tickets', payload)
      return [tickets.map(({ _id }) => made.findIndex((one) => one._id === _id)), more]
    }
    expect(await ids(ann, {})).toEqual([[0, 2, 4], false])
    expect(await ids(bob, {})).toEqual([[1, 3], false])
    for (const socket of [agent, admin]) expect(await ids(socket, {})).toEqual([[0, 1, 2, 3, 4], false])
    expect(await ids(ann, { product: 'sales' })).toEqual([[0, 4], false])
    expect(await ids(agent, { product: 'unheard_of' })).toEqual([[], false])
    expect(await ids(agent, { limit: 2 })).toEqual([[0, 1], true])
    expect(await ids(agent, { limit: 2, before: made[1]?._id })).toEqual([[2, 3], true])
    expect(await ids(agent, { limit: 2, before: made[3]?._id })).toEqual([[4], false])
    expect(await ids(ann, { before: made[0]?._id })).toEqual([[2, 4], false])
  })

  it("[TK5] tells another customer's ticket like one that does not exist", async () => {
    const { chat, admin } = await withLine([null])
    const [ann, eve] = [await chat.connect('ann'), await chat.connect('eve')]
    await eve.request('create_ticket', newTicket())
    const { _id: anns } = await ann.request('create_ticket', newTicket())
    await ann.request('ticket_message_event', message(anns, 'secret'))
    const { epoch } = await ann.request('join_ticket', { ticket_id: anns })
    await admin.heard(2)
    const missing = randomUUID()
    const requestsFor = (id: string): [string, unknown][] => [
      ['close_ticket', { ticket_id: id }],
      ['join_ticket', { ticket_id: id }],
      ['leave_ticket', { ticket_id: id }],
      ['ticket_message_event', { ticket_id: id, message_data: 'x', cid: randomUUID() }],
      ['get_ticket_messages', { ticket_id: id }],
      ['get_messages', { stream: `ticket:${id}`, before: 10 }],
      ['get_entries', { stream: `ticket:${id}`, position: { epoch, seq: 0, id: null } }],
      ['get_tickets', { before: id }],
    ]
    const answersTo = async (id: string) => {
      const answers: string[] = []
      for (const [event, payload] of requestsFor(id))
        answers.push(JSON.stringify(await eve.ask(event, payload)).replaceAll(id, '<id>'))
      return answers
    }
    expect(await answersTo(anns)).toEqual(await answersTo(missing))
    expect(await eve.heard()).toEqual([])
    expect(await ann.heard()).toEqual([])
    expect(await ann.request('get_ticket_messages', { ticket_id: anns })).toHaveLength(1)
  })

  it('[TK5] keeps a customer who joined a room of the name of a ticket away from it', async () => {
    const { chat } = await withLine([null])
    const [ann, eve] = [await chat.connect('ann'), await chat.connect('eve')]
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    for (const room of [ticket_id, `ticket:${ticket_id}`]) await eve.request('join', { room })
    await ann.request('ticket_message_event', message(ticket_id, 'secret'))
    expect(await eve.heard()).toEqual([])
  })
})
