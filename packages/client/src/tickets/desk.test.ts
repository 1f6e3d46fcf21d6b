import { expect, it, onTestFinished } from 'vitest'
import type { LiveList } from '../live/live-list.ts'
import { until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'
import { hold, openDesk, patience } from './testing/open-desk.ts'

const ids = (list: LiveList<{ readonly _id: string }>): string[] =>
  list.getSnapshot().items.map(({ _id }) => _id)

it('[TQ1] a ticket has a subject, a first message, a priority and tags', async () => {
  const { cat, meg, admin } = await openDesk()
  const { _id, subject } = await cat.tickets.create({
    product: 'billing',
    subject: ' Invoice 12 ',
    message_data: 'It says 90.',
  })
  expect(subject).toBe('Invoice 12')
  const messages = meg.tickets.messages(_id)
  onTestFinished(messages.retain())
  await until(messages, (state) => textsOf(state.messages).includes('It says 90.'))
  const changed = await meg.tickets.update(_id, { priority: 'high', tags: ['refund', 'refund', ' vip '] })
  expect(changed).toMatchObject({ priority: 'high', tags: ['refund', 'vip'], subject: 'Invoice 12' })
  expect(await admin.tickets.update(_id, { subject: null })).toMatchObject({ subject: null })
  await expect(cat.tickets.update(_id, { priority: 'urgent' })).rejects.toMatchObject({ code: 'forbidden' })
})

it('[TQ2] lists follow states, line managers, tags and texts, in the order of the line', async () => {
  const { cat, meg, employ } = await openDesk()
  const waiting = meg.tickets.list({ states: ['waiting'], order: 'longest_waiting' })
  const urgent = meg.tickets.list({ tag: 'vip', text: 'INVOICE' })
  const nobodys = meg.tickets.list({ line_manager: null, is_closed: false })
  for (const list of [waiting, urgent, nobodys]) await hold(list)
  const first = await cat.tickets.create({ product: 'billing', subject: 'Invoice 1' })
  const second = await cat.tickets.create({ product: 'billing', subject: 'Another' })
  await until(waiting, ({ items }) => items.length === 2)
  await meg.tickets.update(second._id, { priority: 'urgent', tags: ['vip'] })
  await meg.tickets.update(first._id, { tags: ['vip'] })
  await until(waiting, ({ items }) => items[0]?._id === second._id)
  expect(ids(urgent)).toEqual([first._id])
  await employ('meg', 1)
  await until(waiting, ({ items }) => items.length === 1)
  const mine = meg.tickets.list({ line_manager: 'meg', is_closed: false })
  await hold(mine)
  expect([ids(mine), ids(nobodys)]).toEqual([[second._id], [first._id]])
  expect(meg.tickets.list({ is_closed: false, line_manager: 'meg' })).toBe(mine)
})

it('[TQ2] lists with details show last messages and what is unread, of tickets that nobody here has joined', async () => {
  const { cat, meg } = await openDesk()
  const first = await cat.tickets.create({ product: 'billing', message_data: 'One' })
  const list = meg.tickets.list({ is_closed: false, order: 'last_activity', details: true })
  await hold(list)
  const shown = () =>
    list.getSnapshot().items.map(({ _id, last, unread }) => [_id, last?.message_data, unread] as const)
  await expect.poll(shown, patience).toEqual([[first._id, 'One', 1]])
  const second = await cat.tickets.create({ product: 'billing', message_data: 'Two' })
  await expect.poll(shown, patience).toEqual([
    [second._id, 'Two', 1],
    [first._id, 'One', 1],
  ])
  await cat.tickets.messages(first._id).send('Three')
  await expect.poll(shown, patience).toEqual([
    [first._id, 'Three', 2],
    [second._id, 'Two', 1],
  ])
  await cat.tickets.messages(second._id).send('Four')
  await meg.request.mark_read({ stream: `ticket:${first._id}`, nth: 2 })
  await expect.poll(shown, patience).toEqual([
    [second._id, 'Four', 2],
    [first._id, 'Three', 0],
  ])
})

it('[TQ2] lists with details show the last message of a ticket that is read as soon as it comes', async () => {
  const { cat, meg } = await openDesk()
  const list = meg.tickets.list({ is_closed: false, order: 'last_activity', details: true })
  await hold(list)
  const { _id } = await cat.tickets.create({ product: 'billing', message_data: 'One' })
  await until(list, ({ items }) => items.length === 1)
  await meg.request.mark_read({ stream: `ticket:${_id}`, nth: 1 })
  const shown = () =>
    list.getSnapshot().items.map(({ last, unread }) => [last?.message_data, unread] as const)
  await expect.poll(shown, patience).toEqual([['One', 0]])
})

it('[TQ3] agents take, pass on, hold and close tickets, and customers reopen and rate them', async () => {
  const { cat, meg, moe, employ } = await openDesk()
  const { _id } = await cat.tickets.create({ product: 'billing' })
  await employ('meg')
  await until(meg.lineManagers.list(), () => true)
  await expect
    .poll(async () => (await meg.request.get_ticket({ ticket_id: _id })).line_manager, patience)
    .toBe('meg')
  await employ('moe')
  const passed = await meg.tickets.transfer(
    _id,
    { line_manager: 'moe' },
    { reason: 'Knows it', expected: 'meg' },
  )
  expect(passed).toMatchObject({ line_manager: 'moe', state: 'assigned' })
  const late = meg.tickets.assign(_id, 'meg', { expected: 'meg' })
  await expect(late).rejects.toMatchObject({ code: 'conflict' })
  expect(await moe.tickets.hold(_id, 'Waits for the bank')).toMatchObject({ state: 'on_hold' })
  expect(await moe.tickets.resume(_id)).toMatchObject({ state: 'assigned' })
  await moe.tickets.messages(_id).send('All is well')
  await moe.tickets.close(_id)
  expect(await cat.tickets.rate(_id, 5, 'Thank you!\nReally.')).toMatchObject({
    rating: { score: 5, comment: 'Thank you!\nReally.' },
  })
  expect(await cat.tickets.reopen(_id)).toMatchObject({ is_closed: false })
  const transcript = await meg.tickets.transcript(_id)
  expect(transcript).toContain('All is well')
  const lines = (await meg.tickets.transcript(_id, 'json')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).message_data)).toContain('All is well')
})

it('[TQ3] one of two who take a ticket gets it', async () => {
  const { cat, admin, meg, moe, employ } = await openDesk()
  for (const user of ['meg', 'moe']) await employ(user)
  for (const user of ['meg', 'moe']) await admin.lineManagers.update(user, { is_active: false })
  const [one, two] = [
    await cat.tickets.create({ product: 'billing' }),
    await cat.tickets.create({ product: 'sales' }),
  ]
  const both = await Promise.allSettled([meg.tickets.claim(one._id), moe.tickets.claim(one._id)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await moe.tickets.claimNext({ product: 'Sales' })).toMatchObject({
    _id: two._id,
    line_manager: 'moe',
  })
  await expect(moe.tickets.claimNext()).rejects.toMatchObject({ code: 'not_found' })
})

it('[TQ6] agents write notes that customers cannot read', async () => {
  const { cat, meg, moe } = await openDesk()
  const { _id } = await cat.tickets.create({ product: 'billing' })
  const [ours, theirs] = [meg.tickets.notes(_id), moe.tickets.notes(_id)]
  for (const notes of [ours, theirs]) {
    onTestFinished(notes.retain())
    await until(notes, ({ sync }) => sync === 'live')
  }
  await Promise.all(['She has called.', 'Twice.'].map((text) => ours.send(text)))
  await until(theirs, ({ messages }) => messages.length === 2)
  expect(textsOf(theirs.getSnapshot().messages)).toEqual(['She has called.', 'Twice.'])
  const forbidden = cat.tickets.notes(_id)
  onTestFinished(forbidden.retain())
  await until(forbidden, ({ status }) => status === 'error')
})
