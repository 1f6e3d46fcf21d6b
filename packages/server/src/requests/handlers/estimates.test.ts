import { randomUUID } from 'node:crypto'
import { estimateWait, managerLine, type PushOf, topicLine, type WaitingEstimate } from '@dowellchat/protocol'
import { expect, it, vi } from 'vitest'
import { makeLineManager, newTicket, withLine } from '../../../tests/support/ticket-line.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { TestSocket } from '../../testing/connect.ts'
import { newTicket as aTicket } from '../../testing/store-cases/making.ts'

type LineMoved = PushOf<'line_moved'>

/** An estimate as a client keeps it: moved on by each frame that came after it. */
function movedOn(estimate: WaitingEstimate, moved: readonly LineMoved[]): WaitingEstimate {
  let { ahead, speed, reason, computed_at } = estimate
  for (const frame of moved) {
    if (frame.line !== estimate.line || frame.computed_at <= computed_at) continue
    expect(frame.is_incomplete).toBe(false)
    const before = (orders: readonly string[]) => orders.filter((order) => order < estimate.order).length
    ahead += before(frame.joined) - before(frame.left)
    speed = frame.speed
    reason = frame.reason
    computed_at = frame.computed_at
  }
  const { low, middle, high } = (reason === null ? estimateWait(ahead, speed) : null) ?? {
    low: null,
    middle: null,
    high: null,
  }
  return { ...estimate, position: ahead + 1, ahead, speed, reason, low, middle, high, computed_at }
}

function heardBy({ frames }: TestSocket): LineMoved[] {
  return frames.flatMap(([event, data]) => (event === 'line_moved' ? [data as LineMoved] : []))
}

/** Waits until a client that only listens knows the same as one that asks again. */
async function expectToldBy(socket: TestSocket, estimate: WaitingEstimate, asked: Partial<WaitingEstimate>) {
  await expect.poll(() => movedOn(estimate, heardBy(socket))).toMatchObject(asked)
}

it('[EW6] answers place, range and basis of a ticket that waits, and of one that were opened now', async () => {
  const { chat, admin } = await withLine([1])
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  await admin.request('create_ticket', newTicket())
  await ann.request('create_ticket', newTicket())
  const ticket = await ben.request('create_ticket', newTicket())

  const estimate = await ben.request('get_estimate', { ticket_id: ticket._id })

  const speed = { managers_online: 1, free: 0, per_hour: 15, variation: 1, basis: 'configured' } as const
  expect(estimate).toMatchObject({
    product: 'sales',
    ticket_id: ticket._id,
    line: topicLine('sales'),
    position: 2,
    ahead: 1,
    speed,
    reason: null,
    opens_at: null,
    ...estimateWait(1, speed),
  })
  expect(estimate.middle).toBe(8)
  const next = await ann.request('get_estimate', { product: 'sales' })
  expect(next).toMatchObject({ ticket_id: null, position: 3, ahead: 2, middle: 12 })
  expect(await ann.refusal('get_estimate', { ticket_id: ticket._id })).toBe('not_found')
  expect(await ann.refusal('get_estimate', { product: 'nothing' })).toBe('not_found')
})

it('[EW6] places an assigned ticket in the line of its line manager, and an answered or closed one nowhere', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat, admin } = await withLine([null], { store })
  const ann = await chat.connect('ann')
  const first = await ann.request('create_ticket', newTicket())
  const second = await ann.request('create_ticket', newTicket())
  const line = managerLine('manager-1')
  expect(await ann.request('get_estimate', { ticket_id: first._id })).toMatchObject({
    line,
    ahead: 0,
    high: 0,
  })
  const waiting = await ann.request('get_estimate', { ticket_id: second._id })
  expect(waiting).toMatchObject({ line, ahead: 1, middle: 4 })

  await store.tickets.move('demo', first._id, { kind: 'answer' }, 'manager-1')
  expect(await ann.refusal('get_estimate', { ticket_id: first._id })).toBe('conflict')
  await store.tickets.move('demo', second._id, { kind: 'hold' }, 'manager-1')
  expect(await ann.request('get_estimate', { ticket_id: second._id })).toMatchObject({
    reason: 'on_hold',
    low: null,
    middle: null,
    high: null,
  })
  await admin.request('close_ticket', { ticket_id: second._id })
  expect(await ann.refusal('get_estimate', { ticket_id: second._id })).toBe('conflict')
})

it('[EW3] says that nobody is online, and since when a topic is closed until when', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat } = await withLine([], { store })
  const ann = await chat.connect('ann')
  const ticket = await ann.request('create_ticket', newTicket())
  const nobody = await ann.request('get_estimate', { ticket_id: ticket._id })
  expect(nobody).toMatchObject({ reason: 'nobody_online', position: 1, low: null, high: null })
  const never = { time_zone: 'UTC', openings: [] }
  await store.topics.update('demo', 'sales', { hours: never })
  const other = await chat.connect('ben')
  await ann.socket.disconnect()
  await expect
    .poll(() => other.request('get_estimate', { product: 'sales' }))
    .toMatchObject({ reason: 'closed_hours', opens_at: null })
})

it('[EW3, EW7] says of a ticket that somebody has that its topic is closed, and that more can be said once it opens', async () => {
  const { chat, admin } = await withLine([null])
  const ann = await chat.connect('ann')
  const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
  const asked = { ticket_id }
  expect(await ann.request('get_estimate', asked)).toMatchObject({ reason: null, middle: 0 })
  // Whose lines are followed is looked at.
  const look = async (hours: object | null) => {
    await admin.request('update_topic', { name: 'sales', hours: hours as null })
    await chat.server.clock.advance(0)
    await expect.poll(() => heardBy(ann).at(-1)?.is_incomplete).toBe(true)
    ann.frames.length = 0
  }
  await look({ time_zone: 'UTC', openings: [] })
  const closed = { line: managerLine('manager-1'), reason: 'closed_hours', opens_at: null, middle: null }
  expect(await ann.request('get_estimate', asked)).toMatchObject(closed)
  await look(null)
  expect(await ann.request('get_estimate', asked)).toMatchObject({ reason: null, middle: 0 })
})

it('[EW7] names what happens in a line manager’s line, whatever other topics are closed', async () => {
  const { chat, admin } = await withLine([null])
  await admin.request('create_topic', { name: 'bills', cid: randomUUID() })
  const hours = { time_zone: 'UTC', openings: [] }
  await admin.request('update_topic', { name: 'bills', hours })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const first = await ben.request('create_ticket', newTicket())
  const { _id: ticket_id } = await ann.request('create_ticket', newTicket())
  expect(await ann.request('get_estimate', { ticket_id })).toMatchObject({ ahead: 1, reason: null })
  await ben.request('close_ticket', { ticket_id: first._id })
  await vi.waitFor(() => expect(heardBy(ann).flatMap(({ left }) => left)).toHaveLength(1), {
    timeout: 20_000,
  })
  // Nor does it matter that another one opens.
  await admin.request('update_topic', { name: 'bills', hours: null })
  await ben.request('create_ticket', newTicket())
  await vi.waitFor(() => expect(heardBy(ann).flatMap(({ joined }) => joined)).toHaveLength(1), {
    timeout: 20_000,
  })
  expect(heardBy(ann).every(({ is_incomplete }) => !is_incomplete)).toBe(true)
})

it('[EW4] counts those of higher priority before one, and none of lower', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat } = await withLine([], { store })
  const ann = await chat.connect('ann')
  const [first, second, third] = [
    await ann.request('create_ticket', newTicket()),
    await ann.request('create_ticket', newTicket()),
    await ann.request('create_ticket', newTicket()),
  ]
  await store.tickets.update('demo', third._id, { priority: 'high' })
  await store.tickets.update('demo', first._id, { priority: 'low' })
  const positions = []
  for (const { _id } of [first, second, third])
    positions.push((await ann.request('get_estimate', { ticket_id: _id })).position)
  expect(positions).toEqual([3, 2, 1])
})

it('[EW7] tells whoever has asked how the line moves: whoever counts has what whoever asks again is told', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat, admin } = await withLine([1], { store })
  const [ann, ben, cat] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('cat')]
  const taken = await admin.request('create_ticket', newTicket())
  const first = await ann.request('create_ticket', newTicket())
  await ben.request('create_ticket', newTicket())
  const last = await cat.request('create_ticket', newTicket())
  const estimate = await cat.request('get_estimate', { ticket_id: last._id })
  expect(estimate).toMatchObject({ ahead: 2, middle: 12 })
  const atEnd = await cat.request('get_estimate', { product: 'sales' })

  // Somebody leaves the line.
  await ann.request('close_ticket', { ticket_id: first._id })
  await expectToldBy(cat, estimate, { ahead: 1, middle: 8 })
  // The one who was served is done: the next is.
  await admin.request('close_ticket', { ticket_id: taken._id })
  await expectToldBy(cat, estimate, { ahead: 0, middle: 4 })
  // A second line manager, who has no room, serves half.
  await makeLineManager(admin, 2, 1)
  await expect.poll(async () => (await store.tickets.get('demo', last._id))?.line_manager).toBe('manager-2')
  // Others come.
  await ann.request('create_ticket', newTicket())
  await ben.request('create_ticket', newTicket())
  await expectToldBy(cat, estimate, { speed: expect.objectContaining({ managers_online: 2, per_hour: 30 }) })
  await vi.waitFor(
    async () => {
      // A look that finds no difference is not told, but has a time of its own.
      const { computed_at: _, ...again } = await ben.request('get_estimate', { product: 'sales' })
      expect(movedOn(atEnd, heardBy(cat))).toMatchObject(again)
    },
    { timeout: 20_000, interval: 50 },
  )
})

it('[EW7] sends one frame a look, however much happens, and none where nothing has', async () => {
  const { chat, admin } = await withLine([1])
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  await admin.request('create_ticket', newTicket())
  const mine = await ann.request('create_ticket', newTicket())
  const estimate = await ann.request('get_estimate', { ticket_id: mine._id })
  await Promise.all(Array.from({ length: 40 }, () => ben.request('create_ticket', newTicket())))
  const total = () => heardBy(ann).reduce((sum, { joined }) => sum + joined.length, 0)
  await vi.waitFor(() => expect(total()).toBe(40), { timeout: 20_000 })
  expect(heardBy(ann).length).toBeLessThan(10)
  expect(movedOn(estimate, heardBy(ann))).toMatchObject({ ahead: 0, middle: 4 })
  // Who has not asked is not told.
  expect(heardBy(ben)).toEqual([])
})

it('[EW7] says that more has happened than it names', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat } = await withLine([], { store })
  const ann = await chat.connect('ann')
  const mine = await ann.request('create_ticket', newTicket())
  await ann.request('get_estimate', { ticket_id: mine._id })
  const others = { workspace_id: 'demo', user_id: 'nobody', product: 'sales' }
  for (let n = 0; n < 210; n += 1) await store.tickets.create(aTicket(others))
  await ann.request('create_ticket', newTicket())
  await vi.waitFor(() => expect(heardBy(ann).some(({ is_incomplete }) => is_incomplete)).toBe(true), {
    timeout: 20_000,
  })
})

it('[EW7] goes on when the store has failed meanwhile', async () => {
  const embedded = await embeddedStore({ path: ':memory:' })
  let isDown = false
  const ordersIn: typeof embedded.tickets.ordersIn = (...args) =>
    isDown ? Promise.reject(new Error('gone')) : embedded.tickets.ordersIn(...args)
  const store = { ...embedded, tickets: { ...embedded.tickets, ordersIn } }
  const errors: unknown[] = []
  const logger = { info() {}, warn() {}, error: (_fields: unknown, text: unknown) => errors.push(text) }
  const { chat } = await withLine([], { store, logger })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const mine = await ann.request('create_ticket', newTicket())
  const estimate = await ann.request('get_estimate', { product: 'sales' })
  isDown = true
  await ben.request('create_ticket', { product: 'sales', cid: randomUUID() })
  await vi.waitFor(() => expect(errors).toContain('Lines cannot be read'), { timeout: 20_000 })
  isDown = false
  await expectToldBy(ann, estimate, { ahead: 2 })
  expect(mine.state).toBe('waiting')
})

it('[EW10] tells a page of V2 how many minutes its ticket waits in a line, when that changes', async () => {
  const { chat, admin } = await withLine([1])
  const ann = await chat.connect('ann')
  const served = await admin.request('create_ticket', newTicket())
  const first = await ann.request('create_ticket', newTicket())
  const page = await chat.connectV2()
  page.emit('create_ticket', { workspace_id: 'demo', api_key: 'demo-key', user_id: 'ben', product: 'sales' })
  const told = () =>
    page.frames.flatMap(([event, frame]) =>
      event === 'waiting_time_response'
        ? [(frame as { data: { waiting_time: unknown } }).data.waiting_time]
        : [],
    )
  await vi.waitFor(() => expect(told()).toEqual([null, 8]), { timeout: 20_000 })
  await admin.request('close_ticket', { ticket_id: first._id })
  await vi.waitFor(() => expect(told()).toEqual([null, 8, 4]), { timeout: 20_000 })
  // Somebody has it now.
  await admin.request('close_ticket', { ticket_id: served._id })
  await vi.waitFor(() => expect(told()).toEqual([null, 8, 4, 0]), { timeout: 20_000 })
})
