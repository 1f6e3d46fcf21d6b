import { randomUUID } from 'node:crypto'
import { limits, type Message, type Ticket } from '@dowellchat/protocol'
import { describe, expect, it } from 'vitest'
import { message, newTicket, withLine } from '../../../tests/support/ticket-line.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { messagesIn, type TestSocket } from '../../testing/connect.ts'
import { newTicket as aTicket, draft } from '../../testing/store-cases/making.ts'

describe('a conversation', () => {
  it('[ST1, ST3] is heard by whoever has joined it, until they leave', async () => {
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
    // It has been answered.
    const isOpen = ({ data }: { data: { state: string } }) => data.state === 'open'
    for (const socket of [ann, agent, phone]) await socket.first('ticket_updated', isOpen)
    for (const socket of [ann, agent]) expect(messagesIn(await socket.heard(1))).toEqual([first])
    await phone.heard()
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

  it('[MS1, H65] shows everybody under the name of their session', async () => {
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

describe('the lists of a V2 page', () => {
  const openKey = { workspace_id: 'demo', api_key: 'demo-key' }

  async function read<Row>(page: TestSocket, event: string, payload: object): Promise<Row[]> {
    page.emit(event, { ...openKey, ...payload })
    const [[, answer] = []] = await page.next(1)
    return (answer as { data: Row[] }).data
  }

  it('[V2-14] have the newest 5,000 tickets, oldest first', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    const { chat } = await withLine([], { store })
    const many = Array.from({ length: 5_001 }, () => aTicket({ workspace_id: 'demo', product: 'sales' }))
    const created = await Promise.all(many.map((ticket) => store.tickets.create(ticket)))
    const made = created.flatMap((one) => ('row' in one ? [one.row._id] : []))

    const tickets = await read<Ticket>(await chat.connectV2(), 'get_tickets', { product: 'sales' })

    expect(tickets.map(({ _id }) => _id)).toEqual(made.slice(1))
  })

  it('[V2-14] have the newest 5,000 messages of a ticket and 4 MiB at most, oldest first', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    const { chat } = await withLine([], { store })
    const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
    const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
    const key = { workspace_id: 'demo', stream: `ticket:${ticket_id}` }
    const texts = Array.from({ length: 5_001 }, (_, n) => `${n}`)
    const append = (message_data: string) => draft({ message_data, ticket_id, product: 'sales' })
    await store.streams.append(key, texts.map(append))
    const readTexts = async () => {
      const messages = await read<Message>(page, 'get_ticket_messages', { ticket_id })
      return messages.map(({ message_data }) => message_data)
    }
    expect(await readTexts()).toEqual(texts.slice(1))

    const long = Array.from({ length: 100 }, (_, n) => `${n}${'\u4e00'.repeat(15_000)}`)
    await store.streams.append(key, long.map(append))
    const newest = await readTexts()
    expect(newest).toEqual(long.slice(-newest.length))
    expect(newest.length).toBeGreaterThan(80)
    expect(Buffer.byteLength(newest.join(''))).toBeLessThanOrEqual(limits.ticket_messages_bytes)
  })
})
