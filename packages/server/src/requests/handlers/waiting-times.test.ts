import type { Ticket } from '@dowellchat/protocol'
import { expect, it, vi } from 'vitest'
import {
  createTickets,
  loadsOf,
  makeLineManager,
  newTicket,
  withLine,
} from '../../../tests/support/ticket-line.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { Store } from '../../stores/store.ts'
import type { TestSocket } from '../../testing/connect.ts'
import { newTicket as aTicket } from '../../testing/store-cases/making.ts'

function movedTo(socket: TestSocket, _id: string, waiting_time: number): Promise<{ data: Ticket }> {
  return socket.first('ticket_updated', ({ data }) => data._id === _id && data.waiting_time === waiting_time)
}

it('[CC1] tells every client whose ticket a close has moved forward', async () => {
  const { chat, admin } = await withLine([null])
  const [ann, ben, cat] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('cat')]
  const reader = await chat.connect('agent', { role: 'agent' })
  const first = await ann.request('create_ticket', newTicket())
  const second = await ben.request('create_ticket', newTicket())
  const third = await cat.request('create_ticket', newTicket())
  await reader.request('join_ticket', { ticket_id: third._id })

  await admin.request('close_ticket', { ticket_id: first._id })

  for (const socket of [ben, admin, reader]) {
    expect(await movedTo(socket, second._id, 0)).toEqual({ data: { ...second, waiting_time: 0 } })
  }
  for (const socket of [cat, admin, reader]) await movedTo(socket, third._id, 4)
  await ann.settle()
  const heard = ann.frames.flatMap(([event, payload]) => (event === 'ticket_updated' ? [payload] : []))
  expect(heard).toMatchObject([{ data: { _id: first._id, is_closed: true } }])
})

it('[CC1] tells nobody of tickets that a close has not moved', async () => {
  const { chat, admin } = await withLine([null, null])
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const tickets = await createTickets(ann, 4)
  const other = await ben.request('create_ticket', newTicket())
  const [, , closing, elsewhere] = tickets
  expect([closing, other].map((one) => one?.line_manager)).toEqual(['manager-1', 'manager-1'])

  await admin.request('close_ticket', { ticket_id: closing?._id ?? '' })

  await movedTo(ben, other._id, 4)
  await ann.settle()
  const moved = ann.frames.flatMap(([event, payload]) => (event === 'ticket_updated' ? [payload] : []))
  expect(moved).toMatchObject([{ data: { _id: closing?._id } }])
  expect(elsewhere?.line_manager).toBe('manager-2')
})

it('[CC1] looks at a line a second later again, however many tickets of it close', async () => {
  const embedded = await embeddedStore({ path: ':memory:' })
  let looks = 0
  const listOpen: Store['tickets']['listOpen'] = (...args) => {
    looks += 1
    return embedded.tickets.listOpen(...args)
  }
  const store = { ...embedded, tickets: { ...embedded.tickets, listOpen } }
  const { chat, admin } = await withLine([null], { store })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const tickets = await createTickets(ann, 40)
  const last = await ben.request('create_ticket', newTicket())
  await Promise.all(tickets.map(({ _id }) => admin.request('close_ticket', { ticket_id: _id })))
  const looksAtOnce = looks
  await movedTo(ben, last._id, 0)
  // Forty closes are one look at once and one after each second that they took.
  expect(looksAtOnce).toBeLessThan(20)
  expect(looks).toBeGreaterThan(0)
})

it('[CC1] goes on where a look has ended, until all that are counted have moved', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat, admin } = await withLine([null], { store })
  const ann = await chat.connect('ann')
  const [first] = await createTickets(ann, 1)
  const others = { workspace_id: 'demo', user_id: 'nobody', product: 'sales' }
  for (let n = 0; n < 260; n += 1) await store.tickets.create(aTicket(others))
  const last = await ann.request('create_ticket', newTicket())
  expect(last.waiting_time).toBe(4 * 261)

  await admin.request('close_ticket', { ticket_id: first?._id ?? '' })

  await movedTo(ann, last._id, 4 * 260)
})

it('[CC1] looks again when the store has failed meanwhile', async () => {
  const embedded = await embeddedStore({ path: ':memory:' })
  let isDown = true
  const listOpen: Store['tickets']['listOpen'] = (...args) =>
    isDown ? Promise.reject(new Error('gone')) : embedded.tickets.listOpen(...args)
  const store = { ...embedded, tickets: { ...embedded.tickets, listOpen } }
  const errors: unknown[] = []
  const logger = { info() {}, warn() {}, error: (_fields: unknown, text: unknown) => errors.push(text) }
  const { chat, admin } = await withLine([null], { store, logger })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const [first] = await createTickets(ann, 1)
  const second = await ben.request('create_ticket', newTicket())
  await admin.request('close_ticket', { ticket_id: first?._id ?? '' })
  await vi.waitFor(() => expect(errors).toEqual(['Waiting times cannot be read']), { timeout: 20_000 })
  isDown = false
  await movedTo(ben, second._id, 0)
})

it('[CC3] answers after the first 100 waiting tickets are assigned, and assigns the others behind', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const { chat, admin } = await withLine([], { store })
  const waiting = { workspace_id: 'demo', user_id: 'nobody', product: 'sales' }
  for (let n = 0; n < 330; n += 1) await store.tickets.create(aTicket(waiting))
  const ann = await chat.connect('ann')
  const last = await ann.request('create_ticket', newTicket())
  expect(last.line_manager).toBeNull()

  expect(await makeLineManager(admin, 1, null)).toMatchObject({ ticket_count: 100 })

  const { data } = await ann.first('ticket_updated', ({ data }) => data._id === last._id)
  expect(data).toMatchObject({ line_manager: 'manager-1', waiting_time: 4 * 330 })
  expect(await loadsOf(admin)).toEqual([331])
})

it('[CC3] goes on at the start where the last run has ended', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const waiting = { workspace_id: 'demo', user_id: 'ann', product: 'sales' }
  for (let n = 0; n < 250; n += 1) await store.tickets.create(aTicket(waiting))
  const manager = { workspace_id: 'demo', user_id: 'max', created_by: 'root', capacity: 210, cid: 'c' }
  const rank = {
    positions_in_a_line: 1,
    average_serving_time: 4,
    is_unmanaged: true,
    client_created_at: null,
    fingerprint: '',
  }
  await store.lineManagers.create({ ...manager, ...rank })
  const { admin } = await withLine([], { store })
  await vi.waitFor(async () => expect(await loadsOf(admin)).toEqual([210]), { timeout: 20_000 })
})
