import { randomUUID } from 'node:crypto'
import { isMessage, type Message, type Ticket } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Frame, messagesIn, openChat } from '../src/testing/connect.ts'
import { ticketFields } from './support/v2-frames.ts'

const key = { workspace_id: 'demo', api_key: 'demo-key' }
const notice = (data: unknown): Frame => ['my_response', { data, count: 0 }]
const live = (data: string, sid: string): Frame => ['my_response', { data, sid }]
const entries = (...messages: unknown[]): Frame => [
  'entries',
  { stream: expect.any(String), epoch: expect.any(String), entries: messages },
]

describe('a room', () => {
  it.each([['websocket'], ['polling']])(
    '[RM2] lets a socket of each dialect hear the other in its own form, on %s',
    async (transport) => {
      const chat = await openChat(onTestFinished)
      const transports = { transports: [transport] }
      const ann = await chat.connect('ann', { name: 'Ann' }, transports)
      const page = await chat.connectV2(undefined, transports)

      page.emit('join', { room: 'r' })
      expect(await page.heard(1)).toEqual([notice(expect.stringMatching(/no messages/))])
      await ann.request('join', { room: 'r' })
      expect(await page.heard(1)).toEqual([notice('Ann joined r')])

      const annSent = await ann.request('message_event', {
        room_id: 'r',
        message_data: 'from Ann',
        cid: randomUUID(),
      })
      expect(await page.heard(1)).toEqual([live('from Ann', ann.id)])
      expect(await ann.heard(1)).toEqual([entries(annSent)])

      page.emit('message_event', {
        room_id: 'r',
        message_data: 'from the page',
        author: 'Page',
        type: 'create_message',
      })
      expect(await page.heard(1)).toEqual([live('from the page', page.id)])
      const [frame] = await ann.heard(1)
      expect(frame).toEqual(
        entries({
          ...annSent,
          _id: expect.any(String),
          seq: 2,
          nth: 2,
          cid: expect.stringMatching(/^[0-9a-f-]{36}$/),
          message_data: 'from the page',
          author: `guest:${page.id}`,
          display_name: 'Page',
          created_at: expect.any(String),
        }),
      )

      await ann.request('leave', { room: 'r' })
      expect(await page.heard(1)).toEqual([['my_response', { data: 'Left room: r' }]])
      page.emit('leave', { room: 'r' })
      for (const socket of [page, ann]) expect(await socket.heard()).toEqual([])
    },
  )

  it('[V2-8] shows the same history to both', async () => {
    const chat = await openChat(onTestFinished)
    const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
    for (let n = 0; n < 6; n++) {
      if (n % 2) await ann.request('message_event', { room_id: 'r', message_data: `${n}`, cid: randomUUID() })
      else await page.ask('message_event', { room_id: 'r', message_data: n })
    }
    page.emit('join', { room: 'r' })
    const texts = ['0', '1', '2', '3', '4', '5']
    expect(await page.heard(6)).toEqual(texts.map(notice))
    const { entries: messages } = await ann.request('join', { room: 'r' })
    expect(messages.filter(isMessage).map(({ message_data }) => message_data)).toEqual(texts)
    for (const message of messages) expect(message).not.toHaveProperty('sid')
    // With an acknowledgement, a V2 page gets the contract's answer and no other frame.
    expect(await page.ask('join', { room: 'r' })).toMatchObject({ data: { entries: messages } })
    await page.heard(1)
  })

  it('[V2-8] shows a page at most the newest 200 messages, and says that there are older ones', async () => {
    const chat = await openChat(onTestFinished)
    const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
    const numbers = Array.from({ length: 250 }, (_, at) => `${at}`)
    await Promise.all(
      numbers.map((message_data) =>
        ann.request('message_event', { room_id: 'r', message_data, cid: randomUUID() }),
      ),
    )
    page.emit('join', { room: 'r' })
    const heard = await page.heard(201)
    expect(heard).toEqual([notice(expect.stringMatching(/older/)), ...numbers.slice(50).map(notice)])
  })

  it('[CT4] takes what a V2 page says twice for two messages', async () => {
    const chat = await openChat(onTestFinished)
    const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
    await ann.request('join', { room: 'r' })
    const cid = randomUUID()
    for (let n = 0; n < 2; n++) page.emit('message_event', { room_id: 'r', message_data: 'same', cid })
    await page.settle()
    expect(messagesIn(await ann.heard(1)).map(({ seq, message_data }) => [seq, message_data])).toEqual([
      [1, 'same'],
      [2, 'same'],
    ])
  })
})

describe('a ticket', () => {
  it('[V2-10] lets a socket of each dialect hear the other in its own form, until it is closed', async () => {
    const chat = await openChat(onTestFinished)
    const [customer, desk] = [await chat.connectV2(), await chat.connectV2()]
    const agent = await chat.connect('agent', { role: 'agent' })
    const stranger = await chat.connect('stranger')
    await desk.ask('create_line_manager', {
      ...key,
      user_id: 'max',
      positions_in_a_line: 1,
      average_serving_time: 4,
    })
    await desk.ask('get_all_topics', key)

    customer.emit('create_ticket', { ...key, user_id: 'carl', product: 'Sales', created_at: new Date() })
    const pushed = await agent.first('new_ticket')
    const ticket: Ticket = pushed.data
    expect(ticket).toMatchObject({ user_id: 'carl', product: 'sales', line_manager: 'max', is_closed: false })
    const asV2 = Object.fromEntries(Object.entries(ticket).filter(([field]) => field in ticketFields))
    expect(await customer.heard(2)).toEqual([
      ['ticket_response', { status: 'success', operation: 'create_ticket', data: asV2 }],
      ['waiting_time_response', { status: 'success', operation: 'create_ticket', data: { waiting_time: 0 } }],
    ])
    expect(await desk.heard(1)).toEqual([['new_ticket', { data: asV2, status: 'success' }]])
    expect(await agent.heard(3)).toEqual([
      ['line_manager_changed', { data: expect.objectContaining({ user_id: 'max' }) }],
      ['topic_changed', { data: expect.objectContaining({ name: 'sales' }) }],
      ['new_ticket', { data: ticket }],
    ])

    const ticket_id = ticket._id
    await agent.request('join_ticket', { ticket_id })
    const reply = await agent.request('ticket_message_event', {
      ticket_id,
      message_data: 'hello',
      cid: randomUUID(),
    })
    const v2Message = ({ _id, message_data, author, created_at }: Message): Frame => [
      'ticket_message_response',
      {
        status: 'success',
        operation: 'send_message',
        data: {
          _id,
          ticket_id,
          message_data,
          author,
          reply_to: 'None',
          is_read: false,
          created_at,
          product: 'sales',
          workspace_id: 'demo',
        },
      },
    ]
    // The first answer opens the ticket.
    const opened = {
      ...ticket,
      state: 'open',
      answered_at: expect.any(String),
      updated_at: expect.any(String),
    }
    expect(await agent.heard(2)).toEqual([['ticket_updated', { data: opened }], entries(reply)])
    expect(await customer.heard(1)).toEqual([v2Message(reply)])

    customer.emit('ticket_message_event', {
      ...key,
      ticket_id,
      user_id: 'carl',
      message_data: 'hi',
      reply_to: 'None',
    })
    const [said] = messagesIn(await agent.heard(1))
    expect(said).toMatchObject({
      author: 'carl',
      message_data: 'hi',
      kind: 'text',
      seq: 2,
      ticket_id,
      reply_to: null,
    })
    expect(await customer.heard(1)).toEqual([v2Message(said as Message)])

    const { ticket: closed } = await agent.request('close_ticket', { ticket_id })
    // The two may come in either order.
    const heard = await agent.heard(2)
    expect(heard).toHaveLength(2)
    expect(heard).toContainEqual(['ticket_updated', { data: closed }])
    const [end] = messagesIn(heard)
    expect(end).toMatchObject({ kind: 'closed', author: 'agent', message_data: 'Ticket Closed' })
    for (const socket of [customer, desk, stranger]) expect(await socket.heard()).toEqual([])
  })

  it("[V2-9] is closed by a page, and heard of by the customer's current socket", async () => {
    const chat = await openChat(onTestFinished)
    const [desk, carl, agent] = [
      await chat.connectV2(),
      await chat.connect('carl'),
      await chat.connect('agent', { role: 'agent' }),
    ]
    await desk.ask('create_topic', { ...key, name: 'Sales' })
    const { _id: ticket_id } = await carl.request('create_ticket', { product: 'sales', cid: randomUUID() })
    await agent.heard(1)
    desk.emit('close_ticket', { ...key, ticket_id, line_manager: 'max', product: {} })
    expect(await desk.heard(1)).toEqual([
      ['ticket_response', { status: 'success', operation: 'close_ticket', data: 'Ticket Closed' }],
    ])
    const news = ['ticket_updated', { data: expect.objectContaining({ _id: ticket_id, is_closed: true }) }]
    for (const socket of [carl, agent]) expect(await socket.heard(1)).toEqual([news])
  })
})

describe('a call', () => {
  it('[CA12] from a page to a current socket goes in the form of each', async () => {
    const chat = await openChat(onTestFinished)
    const [page, ann, bystander] = [await chat.connectV2(), await chat.connect('ann'), await chat.connectV2()]
    const signal = { type: 'offer', sdp: 'v=0' }
    page.emit('callUser', { userToCall: 'ann', signalData: signal, from: page.id, name: 'Page' })
    const { callId } = await ann.first('callUser')
    expect(await ann.heard(1)).toEqual([
      ['callUser', expect.objectContaining({ callId, signal, from: page.id, name: 'Page' })],
    ])

    await ann.request('answerCall', { callId, signal: 'answer' })
    expect(await page.heard(1)).toEqual([['callAccepted', 'answer']])
    page.emit('endCall')
    expect(await ann.heard(1)).toEqual([['callEnded', { callId, reason: 'hung_up' }]])
    for (const socket of [page, bystander]) expect(await socket.heard()).toEqual([])
  })

  it('[CA12] from a current socket to a page goes in the form of each', async () => {
    const chat = await openChat(onTestFinished)
    const [page, ann, bystander] = [
      await chat.connectV2(),
      await chat.connect('ann'),
      await chat.connect('eve'),
    ]
    const signal = { type: 'offer', sdp: 'v=0' }
    const call = { userToCall: page.id, signalData: signal, cid: randomUUID() }
    const { callId } = await ann.request('callUser', call)
    expect(await page.heard(1)).toEqual([['callUser', { callId, signal, from: 'ann', name: '' }]])
    page.emit('answerCall', { signal: 'answer', to: 'ann' })
    expect(await ann.heard(1)).toEqual([['callSignal', { callId, seq: 1, signal: 'answer', kind: 'answer' }]])
    page.socket.disconnect()
    expect(await ann.heard(1)).toEqual([['callEnded', { callId, reason: 'lost' }]])
    expect(await bystander.heard()).toEqual([])
  })

  it.each(['current', 'v2'] as const)(
    '[CA2] rings every device of a user, whatever it speaks; one answers on %s',
    async (winner) => {
      const chat = await openChat(onTestFinished)
      const [ann, tab, page] = [
        await chat.connect('ann'),
        await chat.connect('bob'),
        await chat.connectV2({ ...key, user_id: 'bob' }),
      ]
      const { callId } = await ann.request('callUser', {
        userToCall: 'bob',
        signalData: 'ring',
        cid: randomUUID(),
      })
      const ring = { callId, signal: 'ring', from: 'ann' }
      expect(await tab.heard(1)).toEqual([['callUser', expect.objectContaining({ ...ring, name: null })]])
      expect(await page.heard(1)).toEqual([['callUser', { ...ring, name: '' }]])

      if (winner === 'current') await tab.request('answerCall', { callId, signal: 'answer' })
      else page.emit('answerCall', { signal: 'answer', to: 'ann' })

      expect(await ann.heard(1)).toEqual([
        ['callSignal', { callId, seq: 1, signal: 'answer', kind: 'answer' }],
      ])
      const elsewhere = { callId, reason: 'answered_elsewhere' }
      expect(await tab.heard()).toEqual(winner === 'v2' ? [['callEnded', elsewhere]] : [])
      expect(await page.heard()).toEqual(winner === 'current' ? [['callEnded']] : [])
    },
  )

  it('[CA11] rings the sockets of both dialects in a room', async () => {
    const chat = await openChat(onTestFinished)
    const ann = await chat.connect('ann', { role: 'agent' })
    const [bob, page] = [await chat.connect('bob'), await chat.connectV2()]
    for (const socket of [ann, bob, page]) await socket.ask('join', { room: 'desk' })
    await page.heard()
    const { callId } = await ann.request('callUser', {
      userToCall: 'desk',
      signalData: 'ring',
      cid: randomUUID(),
    })
    expect(await bob.heard(1)).toEqual([
      ['callUser', expect.objectContaining({ callId, signal: 'ring', from: 'ann', name: null })],
    ])
    expect(await page.heard(1)).toEqual([['callUser', { callId, signal: 'ring', from: 'ann', name: '' }]])
    await ann.request('endCall', { callId })
    expect(await bob.heard(1)).toEqual([['callEnded', { callId, reason: 'cancelled' }]])
    expect(await page.heard(1)).toEqual([['callEnded']])
  })
})
