import { expect, it, onTestFinished } from 'vitest'
import type { Ticket } from '../entities.ts'
import { uuid as newCid } from '../uuid.ts'
import { createFakeClient, fixtures } from './index.ts'

async function openFake(...args: Parameters<typeof createFakeClient>) {
  const fake = createFakeClient(...args)
  onTestFinished(() => fake.close())
  await fake.ready()
  return fake
}

/** An agent, who sees one ticket in a list and by itself. */
async function openDesk(given: Partial<Ticket> = {}) {
  const fake = await openFake({ user_id: 'zoe', role: 'agent' })
  const ticket = fixtures.ticket({ product: 'sales', subject: 'Invoice 12', user_id: 'cat', ...given })
  fake.answer('get_tickets', () => ({ tickets: [ticket], more: false }))
  const [list, one] = [fake.tickets.list(), fake.tickets.get(ticket._id)]
  for (const held of [list, one]) onTestFinished(held.retain())
  await expect.poll(() => [list.getSnapshot().sync, one.getSnapshot().sync]).toEqual(['live', 'live'])
  return { fake, ticket, shown: () => [...list.getSnapshot().items, one.getSnapshot().data] }
}

it('[KT13] changes the ticket that the test has answered, and says so', async () => {
  const { fake, ticket, shown } = await openDesk()
  const { _id } = ticket
  expect(shown()).toEqual([ticket, ticket])
  const steps: readonly (readonly [() => Promise<Ticket>, Partial<Ticket>])[] = [
    [() => fake.tickets.update(_id, { priority: 'high' }), { priority: 'high', state: 'waiting' }],
    [() => fake.tickets.claim(_id), { state: 'assigned', line_manager: 'zoe' }],
    [() => fake.tickets.hold(_id), { state: 'on_hold' }],
    [() => fake.tickets.resume(_id), { state: 'assigned' }],
    [() => fake.tickets.assign(_id, 'meg'), { line_manager: 'meg' }],
    [() => fake.tickets.transfer(_id, { line_manager: 'zoe' }), { line_manager: 'zoe' }],
    [() => fake.tickets.transfer(_id, { product: 'billing' }), { state: 'waiting', product: 'billing' }],
    [() => fake.tickets.claimNext(), { line_manager: 'zoe', priority: 'high' }],
    [() => fake.tickets.close(_id), { is_closed: true, state: 'closed' }],
    [
      () => fake.tickets.rate(_id, 5, 'Fine'),
      { rating: expect.objectContaining({ score: 5, comment: 'Fine' }) },
    ],
    [() => fake.tickets.reopen(_id), { is_closed: false, closed_at: null, line_manager: 'zoe' }],
  ]
  for (const [act, fields] of steps) {
    const changed = { _id, subject: 'Invoice 12', user_id: 'cat', ...fields }
    expect(await act()).toMatchObject(changed)
    await expect.poll(shown).toMatchObject([changed, changed])
  }
  await expect(fake.tickets.claimNext()).rejects.toMatchObject({ code: 'not_found' })
  await expect(fake.tickets.transfer(_id, { product: 'x' }, { expected: 'meg' })).rejects.toMatchObject({
    code: 'conflict',
  })
})

it('[KT13] opens a ticket when it is answered, and refuses messages once it is closed', async () => {
  const { fake, ticket, shown } = await openDesk({ state: 'on_hold', line_manager: 'zoe', assigned_at: null })
  const stream = `ticket:${ticket._id}`
  fake.receive(fixtures.message({ stream, author: 'cat' }))
  await expect.poll(shown).toMatchObject([{ state: 'assigned' }, { state: 'assigned' }])
  const conversation = fake.tickets.messages(ticket._id)
  onTestFinished(conversation.retain())
  await conversation.send('Hello Cat')
  await expect.poll(shown).toMatchObject([{ state: 'open' }, { state: 'open' }])
  await fake.tickets.close(ticket._id)
  await expect(conversation.send('Bye')).rejects.toMatchObject({ code: 'ticket_closed' })
})

it('[KT13] opens a closed ticket again when its customer writes', async () => {
  const ann = await openFake({ user_id: 'ann' })
  const { _id } = await ann.tickets.create({ product: 'billing', message_data: 'Help' })
  await ann.tickets.close(_id)
  await ann.tickets.messages(_id).send('One more thing')
  expect(await ann.request.get_ticket({ ticket_id: _id })).toMatchObject({
    state: 'waiting',
    closed_at: null,
  })

  const zoe = await openFake({ user_id: 'zoe', role: 'agent' })
  const closed = { state: 'closed', is_closed: true, line_manager: 'zoe' } as const
  zoe.push('new_ticket', { data: fixtures.ticket({ _id: 't', user_id: 'ann', ...closed }) })
  zoe.receive(fixtures.message({ stream: 'ticket:t', author: 'ann' }))
  await expect
    .poll(() => zoe.request.get_ticket({ ticket_id: 't' }))
    .toMatchObject({ state: 'assigned', is_closed: false, line_manager: 'zoe' })
})

it('[KT13] lists the tickets that it knows, as the filters say', async () => {
  const fake = await openFake({ user_id: 'zoe', role: 'agent' })
  const of = (minute: number, fields: Partial<Ticket>) =>
    fixtures.ticket({
      ...{ created_at: `2026-01-01T09:0${minute}:00.000Z`, enqueued_at: `2026-01-01T09:0${minute}:00.000Z` },
      ...{ updated_at: `2026-01-01T09:0${minute}:00.000Z`, priority: 'normal', ...fields },
    })
  const [old, urgent, closed, mine] = [
    of(1, { subject: 'Old' }),
    of(2, { priority: 'urgent', tags: ['vip'] }),
    of(3, { is_closed: true, state: 'closed' }),
    of(4, { line_manager: 'zoe', state: 'open', product: 'sales' }),
  ]
  for (const data of [old, urgent, closed, mine]) fake.push('new_ticket', { data })
  fake.receive(fixtures.message({ stream: `ticket:${old._id}`, author: old.user_id, message_data: 'Late' }))
  const found = async (filter: Parameters<typeof fake.request.get_tickets>[0]) =>
    (await fake.request.get_tickets(filter)).tickets.map(({ _id }) => _id)
  const idsOf = (...tickets: readonly Ticket[]) => tickets.map(({ _id }) => _id)
  expect(await found({})).toEqual(idsOf(mine, closed, urgent, old))
  expect(await found({ states: ['waiting'], order: 'longest_waiting' })).toEqual(idsOf(urgent, old))
  expect(await found({ order: 'last_activity', is_closed: false })).toEqual(idsOf(mine, urgent, old))
  expect(await found({ product: 'sales' })).toEqual(idsOf(mine))
  expect(await found({ tag: 'vip' })).toEqual(idsOf(urgent))
  expect(await found({ text: 'OLD' })).toEqual(idsOf(old))
  expect(await found({ line_manager: 'zoe' })).toEqual(idsOf(mine))
  expect(await fake.request.get_tickets({ before: closed._id, limit: 1 })).toMatchObject({
    tickets: [{ _id: urgent._id }],
    more: true,
  })
  const { tickets } = await fake.request.get_tickets({ text: 'old', details: true })
  expect(tickets).toMatchObject([{ unread: 1, last: { message_data: 'Late' } }])
})

it('[KT13] opens a ticket of the user’s, with its first message, once for a cid', async () => {
  const fake = await openFake({ user_id: 'cat', name: 'Cat' })
  const draft = { product: 'billing', subject: 'Invoice', message_data: 'It says 90', cid: newCid() }
  const ticket = await fake.tickets.create({ ...draft, metadata: { order: 7 } })
  expect(ticket).toMatchObject({ user_id: 'cat', display_name: 'Cat', priority: 'normal', state: 'waiting' })
  expect(ticket).toMatchObject({ subject: 'Invoice', metadata: { order: 7 } })
  expect(await fake.tickets.create(draft)).toEqual(ticket)
  expect(await fake.request.get_ticket_messages({ ticket_id: ticket._id })).toMatchObject([
    { message_data: 'It says 90', author: 'cat' },
  ])
  expect((await fake.request.get_tickets({})).tickets).toEqual([ticket])
  expect(await fake.tickets.create({ product: 'billing' })).not.toEqual(ticket)
})

it('[KT13] changes a ticket that only the test shows, under its id', async () => {
  const fake = await openFake({ user_id: 'zoe', role: 'agent' })
  for (const act of ['hold', 'resume', 'claim', 'close', 'reopen'] as const) {
    const _id = newCid()
    expect(await fake.tickets[act](_id), act).toMatchObject({ _id })
  }
  const _id = newCid()
  expect(await fake.tickets.rate(_id, 4)).toMatchObject({ _id, rating: { score: 4 } })
})

it('[KT13] changes topics, line managers, canned answers and users that it knows', async () => {
  const fake = await openFake({ user_id: 'zoe', role: 'admin', name: 'Zoe' })
  fake.answer('get_all_topics', () => [fixtures.topic({ name: 'sales', title: 'Sales' })])
  fake.answer('get_all_line_managers', () => [fixtures.lineManager({ user_id: 'zoe', capacity: 3 })])
  const answer = fixtures.cannedAnswer({ title: 'Hello', text: 'Hi' })
  fake.answer('get_canned_answers', () => ({ answers: [answer], more: false }))
  const [topics, managers, answers] = [
    fake.topics.list(),
    fake.lineManagers.list(),
    fake.cannedAnswers.list(),
  ]
  const lists = [topics, managers, answers]
  for (const list of lists) onTestFinished(list.retain())
  await expect.poll(() => lists.map((list) => list.getSnapshot().items.length)).toEqual([1, 1, 1])
  await fake.topics.update('sales', { away_text: 'Later' })
  await fake.lineManagers.setAvailability('away')
  await fake.cannedAnswers.update(answer._id, { text: 'Hello' })
  expect(topics.getSnapshot().items).toMatchObject([{ name: 'sales', title: 'Sales', away_text: 'Later' }])
  expect(managers.getSnapshot().items).toMatchObject([{ user_id: 'zoe', capacity: 3, availability: 'away' }])
  expect(answers.getSnapshot().items).toMatchObject([{ _id: answer._id, title: 'Hello', text: 'Hello' }])
  await expect(fake.topics.create({ name: 'sales' })).rejects.toMatchObject({ code: 'conflict' })
  await fake.lineManagers.remove('zoe')
  await fake.cannedAnswers.remove(answer._id)
  for (const name of ['get_all_line_managers', 'get_canned_answers'] as const) fake.succeed(name)
  expect(await fake.request.get_all_line_managers({})).toEqual([])
  expect(await fake.request.get_canned_answers({})).toEqual({ answers: [], more: false })

  expect(await fake.users.updateMe({ picture: 'https://example.org/zoe.png' })).toMatchObject({
    ...{ user_id: 'zoe', name: 'Zoe', picture: 'https://example.org/zoe.png' },
  })
  fake.push('user_updated', { data: fixtures.user({ user_id: 'bob', name: 'Bob' }) })
  const { users } = await fake.request.get_users({ user_ids: ['bob', 'eve', 'zoe'] })
  expect(users.map(({ user_id }) => user_id)).toEqual(['bob', 'zoe'])
})
