import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import {
  createTickets,
  makeLineManager,
  message,
  newTicket,
  withLine,
} from '../../../tests/support/ticket-line.ts'
import type { ChatServerOptions } from '../../chat-server.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'
import { testWorkspaces } from '../../testing/start-server.ts'
import { setAhead } from '../../time.ts'

/** The topics `sales` and `bills`, and two agents who are line managers, each with room for so many tickets. */
async function withAgents(
  capacity: number | null = 1,
  options: Partial<ChatServerOptions> = {},
): Promise<{ chat: TestChat; admin: TestSocket; one: TestSocket; two: TestSocket; ann: TestSocket }> {
  const chat = await openChat(onTestFinished, options)
  const admin = await chat.connect('root', { role: 'admin' })
  for (const name of ['sales', 'bills']) await admin.request('create_topic', { name, cid: randomUUID() })
  const [one, two] = [
    await chat.connect('manager-1', { role: 'agent' }),
    await chat.connect('manager-2', { role: 'agent' }),
  ]
  for (const position of [1, 2]) await makeLineManager(admin, position, capacity)
  return { chat, admin, one, two, ann: await chat.connect('ann') }
}

const cid = randomUUID

it('[LN1] lets one of two agents claim a ticket that waits; the other gets a conflict', async () => {
  const { one, two, ann } = await withAgents()
  const tickets = await createTickets(ann, 3)
  const { _id: ticket_id } = tickets[2] as (typeof tickets)[2]
  expect(tickets[2]?.state).toBe('waiting')
  const answers = await Promise.all([one, two].map((agent) => agent.ask('claim_ticket', { ticket_id })))
  expect(answers.map(({ status }) => status).sort()).toEqual(['failure', 'success'])
  expect(answers.find(({ status }) => status === 'failure')).toMatchObject({ error: { code: 'conflict' } })
  const ticket = await ann.request('get_ticket', { ticket_id })
  expect(ticket.state).toBe('assigned')

  // Whoever has it and asks again still has it.
  const winner = ticket.line_manager === 'manager-1' ? one : two
  expect(await winner.request('claim_ticket', { ticket_id })).toEqual(ticket)
  expect(await ann.refusal('claim_ticket', { ticket_id })).toBe('forbidden')
})

it('[LN2] gives the first of the line to whoever asks, once for each cid', async () => {
  const { admin, one, ann } = await withAgents()
  const tickets = await createTickets(ann, 5)
  const [, , third, fourth, fifth] = tickets.map(({ _id }) => _id)
  await admin.request('update_ticket', { ticket_id: fifth as string, priority: 'urgent' })
  const asked = { cid: cid() }
  expect((await one.request('claim_next', asked))._id).toBe(fifth)
  expect((await one.request('claim_next', asked))._id).toBe(fifth)
  expect((await one.request('claim_next', { cid: cid() }))._id).toBe(third)
  expect((await one.request('claim_next', { product: 'sales', cid: cid() }))._id).toBe(fourth)
  expect(await one.refusal('claim_next', { cid: cid() })).toBe('not_found')
  expect(await admin.refusal('claim_next', { cid: cid() })).toBe('conflict')
})

it('[LN3] assigns a ticket to a line manager, whatever they have, and refuses where somebody else has it by now', async () => {
  const { admin, one, ann } = await withAgents()
  const [ticket] = await createTickets(ann, 1)
  const ticket_id = ticket?._id as string
  const line_manager = 'manager-2'
  const assigned = await admin.request('assign_ticket', { ticket_id, line_manager, expected: 'manager-1' })
  expect(assigned).toMatchObject({ line_manager, state: 'assigned' })
  const late = { ticket_id, line_manager: 'manager-1', expected: 'manager-1' }
  expect(await one.refusal('assign_ticket', late)).toBe('conflict')
  expect(await one.refusal('assign_ticket', { ticket_id, line_manager: 'nobody' })).toBe('not_found')
  const { data } = await ann.first('ticket_updated', ({ data }) => data.line_manager === line_manager)
  expect(data._id).toBe(ticket_id)
})

it('[LN4] passes a ticket on to an agent, or into the line of another topic, where it keeps its time', async () => {
  const { admin, one, ann } = await withAgents(null)
  await admin.request('update_line_manager', { user_id: 'manager-1', topics: ['sales'] })
  await admin.request('update_line_manager', { user_id: 'manager-2', topics: ['bills'], capacity: 1 })
  const [ticket] = await createTickets(ann, 1)
  const ticket_id = ticket?._id as string
  expect(ticket?.line_manager).toBe('manager-1')
  const passed = await one.request('transfer_ticket', { ticket_id, product: 'bills', reason: 'A bill' })
  // Whoever is free there gets it at once.
  expect(passed).toMatchObject({
    product: 'bills',
    line_manager: 'manager-2',
    enqueued_at: ticket?.enqueued_at,
  })
  const back = await one.request('transfer_ticket', { ticket_id, line_manager: 'manager-1' })
  expect(back).toMatchObject({ line_manager: 'manager-1', product: 'bills' })
  const messages = await ann.request('get_ticket_messages', { ticket_id })
  expect(messages.map(({ kind }) => kind)).toEqual(['transferred', 'assigned', 'transferred'])
  expect(messages[0]).toMatchObject({ author: 'manager-1', fact: { reason: 'A bill', product: 'bills' } })
})

it('[LN4, S30] passes a ticket that waits on to the topic that it waits for once', async () => {
  const { admin, ann } = await withAgents(1)
  const [, , ticket] = await createTickets(ann, 3)
  const ticket_id = ticket?._id as string
  const passed = await admin.request('transfer_ticket', { ticket_id, product: 'bills' })
  expect(passed).toMatchObject({ state: 'waiting', product: 'bills' })
  expect(await admin.request('transfer_ticket', { ticket_id, product: 'bills' })).toEqual(passed)
  const messages = await ann.request('get_ticket_messages', { ticket_id })
  expect(messages.map(({ kind }) => kind)).toEqual(['transferred'])
})

it('[LN5] keeps a ticket on hold in its slot, until somebody or a message of its customer resumes it', async () => {
  const { one, ann } = await withAgents(1)
  const [ticket] = await createTickets(ann, 3)
  const ticket_id = ticket?._id as string
  const held = await one.request('hold_ticket', { ticket_id, is_on_hold: true, reason: 'Parts are ordered' })
  expect(held.state).toBe('on_hold')
  const [next] = (await one.request('get_tickets', { states: ['waiting'] })).tickets
  expect(next?.line_manager).toBeNull()
  expect((await one.request('hold_ticket', { ticket_id, is_on_hold: false })).state).toBe('assigned')
  await one.request('hold_ticket', { ticket_id, is_on_hold: true })
  await ann.request('ticket_message_event', message(ticket_id, 'Are they there?'))
  expect((await ann.request('get_ticket', { ticket_id })).state).toBe('assigned')
  expect(await one.refusal('hold_ticket', { ticket_id: next?._id as string, is_on_hold: true })).toBe(
    'conflict',
  )
})

it('[LN6] opens a ticket when the team answers it first', async () => {
  const { one, two, ann } = await withAgents()
  const [ticket] = await createTickets(ann, 1)
  const ticket_id = ticket?._id as string
  await ann.request('ticket_message_event', message(ticket_id, 'Hello?'))
  expect((await ann.request('get_ticket', { ticket_id })).answered_at).toBeNull()
  await two.request('ticket_message_event', message(ticket_id, 'Good morning'))
  const { state, answered_at } = await ann.request('get_ticket', { ticket_id })
  expect(state).toBe('open')
  await one.request('ticket_message_event', message(ticket_id, 'And from me'))
  expect((await ann.request('get_ticket', { ticket_id })).answered_at).toBe(answered_at)
})

it('[LN7] reopens a ticket for its line manager where they have room, else at the end of the line', async () => {
  const { one, ann } = await withAgents()
  const tickets = await createTickets(ann, 4)
  const [first, , third] = tickets.map(({ _id }) => _id) as [string, string, string]
  await one.request('close_ticket', { ticket_id: first })
  // Its slot has gone to the third.
  expect((await one.request('get_ticket', { ticket_id: third })).line_manager).toBe('manager-1')
  const { ticket, reopened_now } = await ann.request('reopen_ticket', { ticket_id: first })
  expect({ reopened_now, state: ticket.state }).toEqual({ reopened_now: true, state: 'waiting' })
  expect(Date.parse(ticket.enqueued_at)).toBeGreaterThan(Date.parse(tickets[3]?.enqueued_at as string))
  expect((await ann.request('reopen_ticket', { ticket_id: first })).reopened_now).toBe(false)
  await one.request('close_ticket', { ticket_id: third })
  await one.request('close_ticket', { ticket_id: tickets[3]?._id as string })
  const again = await ann.request('reopen_ticket', { ticket_id: third })
  expect(again.ticket.state).toBe('waiting')
})

it('[LN8] reopens a ticket by a reply of its customer, while the workspace lets them', async () => {
  const workspaces = testWorkspaces.map((one) => ({ ...one, reopenDays: 2 }))
  const { chat, one, two, ann } = await withAgents(null, { workspaces })
  const [ticket] = await createTickets(ann, 1)
  const ticket_id = ticket?._id as string
  await one.request('close_ticket', { ticket_id })
  expect(await two.refusal('ticket_message_event', message(ticket_id, 'One more thing'))).toBe(
    'ticket_closed',
  )
  const reply = message(ticket_id, 'It has come back')
  await ann.request('ticket_message_event', reply)
  const reopened = await ann.request('get_ticket', { ticket_id })
  expect(reopened).toMatchObject({ is_closed: false, line_manager: 'manager-1', closed_at: null })
  await one.request('close_ticket', { ticket_id })
  // A repetition is no reply.
  await ann.request('ticket_message_event', reply)
  expect((await ann.request('get_ticket', { ticket_id })).is_closed).toBe(true)
  await chat.server.clock.advance(2 * 24 * 60 * 60 * 1_000)
  expect(await ann.refusal('ticket_message_event', message(ticket_id, 'Again'))).toBe('ticket_closed')
  expect(await ann.refusal('reopen_ticket', { ticket_id })).toBe('ticket_closed')
  expect((await one.request('reopen_ticket', { ticket_id })).ticket.is_closed).toBe(false)
})

it('[LN8] reopens a ticket by a reply behind its close, though the clock was set back meanwhile', async () => {
  const { one, ann } = await withAgents(null)
  const [ticket] = await createTickets(ann, 1)
  const ticket_id = ticket?._id as string
  onTestFinished(() => setAhead(0))
  await setAhead(5_000)
  await one.request('close_ticket', { ticket_id })
  await setAhead(0)
  await ann.request('ticket_message_event', message(ticket_id, 'It is not solved'))
  expect((await ann.request('get_ticket', { ticket_id })).state).toBe('assigned')
})

it('[LN9] lets customers change the subject alone, and the team the rest', async () => {
  const { admin, ann } = await withAgents()
  const made = await ann.request('create_ticket', { ...newTicket(), subject: 'My bike' })
  const { _id: ticket_id } = made
  expect(made.subject).toBe('My bike')
  expect((await ann.request('update_ticket', { ticket_id, subject: 'My new bike' })).subject).toBe(
    'My new bike',
  )
  expect(await ann.refusal('update_ticket', { ticket_id, tags: ['angry'] })).toBe('forbidden')
  const change = { tags: ['bike', 'bike'], priority: 'high' as const, metadata: { order: 7 } }
  const changed = await admin.request('update_ticket', { ticket_id, ...change })
  expect(changed).toMatchObject({ tags: ['bike'], priority: 'high', metadata: { order: 7 } })
  const { data } = await ann.first('ticket_updated', ({ data }) => data.priority === 'high')
  expect(data.subject).toBe('My new bike')
})

it('[LN10] lists tickets by state, agent, tag, text and day, with what is new in each', async () => {
  const { admin, one, ann } = await withAgents()
  const tickets = await createTickets(ann, 3)
  const [first, second, third] = tickets.map(({ _id }) => _id) as [string, string, string]
  await admin.request('update_ticket', { ticket_id: second, tags: ['bike'], subject: 'A blue bike' })
  await ann.request('ticket_message_event', message(first, 'Hello'))
  const ids = async (filter: object) =>
    (await admin.request('get_tickets', filter)).tickets.map(({ _id }) => _id)
  expect(await ids({ states: ['waiting'] })).toEqual([third])
  expect(await ids({ line_manager: null })).toEqual([third])
  expect(await ids({ line_manager: 'manager-1' })).toEqual([first])
  expect(await ids({ tag: 'bike' })).toEqual([second])
  expect(await ids({ text: 'BLUE' })).toEqual([second])
  expect(await ids({ day: '2001-01-01' })).toEqual([])
  expect(await ids({ order: 'longest_waiting', states: ['waiting'] })).toEqual([third])
  const { tickets: detailed } = await one.request('get_tickets', { line_manager: 'manager-1', details: true })
  expect(detailed[0]).toMatchObject({ unread: 1, last: { message_data: 'Hello' } })
})

it("[LN11] opens a ticket with its first message, which is its customer's", async () => {
  const { ann } = await withAgents()
  const asked = { ...newTicket(), message_data: 'It does not brake' }
  const { _id: ticket_id } = await ann.request('create_ticket', asked)
  expect((await ann.request('create_ticket', asked))._id).toBe(ticket_id)
  const messages = await ann.request('get_ticket_messages', { ticket_id })
  expect(messages).toMatchObject([{ author: 'ann', kind: 'text', message_data: 'It does not brake' }])
})

it("[LN12] lets a team's own function choose who gets a ticket; what it does not give waits", async () => {
  const { admin, ann } = await withAgents(1, {
    strategy: async (ticket, candidates) =>
      ticket.subject === null
        ? null
        : (candidates.find(({ user_id }) => user_id === 'manager-2')?.user_id ?? null),
  })
  const plain = await ann.request('create_ticket', newTicket())
  expect(plain.line_manager).toBeNull()
  const other = await ann.request('create_ticket', { product: 'bills', subject: 'A bill', cid: cid() })
  expect(other.line_manager).toBe('manager-2')
  await admin.request('update_ticket', { ticket_id: plain._id, subject: 'Now it has one' })
  await admin.request('close_ticket', { ticket_id: other._id })
  expect((await ann.request('get_ticket', { ticket_id: plain._id })).line_manager).toBe('manager-2')
})

it('[LN12, LN17] leaves nothing with somebody who was removed while the function chose them', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const { ann } = await withAgents(1, {
    store: { ...store, close: async () => {} },
    strategy: async (_ticket, [chosen]) => {
      // As another server does, which has handed back before.
      if (chosen?.user_id === 'manager-1') await store.lineManagers.remove('demo', 'manager-1')
      return chosen?.user_id ?? null
    },
  })
  const ticket = await ann.request('create_ticket', newTicket())
  expect(ticket.line_manager).toBe('manager-2')
})

it('[LN13] gives nobody the tickets of a topic whose people do not work now, until they do', async () => {
  const { admin } = await withLine([null])
  const hours = { time_zone: 'UTC', openings: [] }
  await admin.request('update_topic', { name: 'sales', hours })
  const ticket = await admin.request('create_ticket', newTicket())
  expect(ticket.state).toBe('waiting')
  await admin.request('update_topic', { name: 'sales', hours: null, away_text: 'We are back at 9' })
  expect((await admin.request('get_ticket', { ticket_id: ticket._id })).line_manager).toBe('manager-1')
})
