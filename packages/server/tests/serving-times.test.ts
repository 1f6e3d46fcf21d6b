import { expect, it, vi } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { valueIn } from './support/metric-text.ts'
import { createTickets, message, withLine } from './support/ticket-line.ts'

const minutes = 60_000
const waiting = { timeout: 20_000 }

it('[EW8, EW9] learns from what is closed how long a line manager takes, and counts what became of estimates', async () => {
  const embedded = await embeddedStore({ path: ':memory:' })
  let predictions = 0
  const update: Store['tickets']['update'] = (workspaceId, ticketId, change) => {
    if (change.predicted) predictions += 1
    return embedded.tickets.update(workspaceId, ticketId, change)
  }
  const store = { ...embedded, tickets: { ...embedded.tickets, update } }
  const { chat, admin } = await withLine([1], { store, metrics: true })
  const ann = await chat.connect('ann', { role: 'agent' })
  const speed = async () => (await ann.request('get_estimate', { product: 'sales' })).speed
  expect(await speed()).toMatchObject({ per_hour: 15, basis: 'configured' })
  const tickets = await createTickets(ann, 21)
  await vi.waitFor(() => expect(predictions).toBe(20), waiting)

  for (const { _id } of tickets) {
    await admin.request('ticket_message_event', message(_id, 'Hello'))
    await chat.server.clock.advance(10 * minutes)
    await admin.request('close_ticket', { ticket_id: _id })
  }

  await vi.waitFor(async () => expect(await speed()).toMatchObject({ basis: 'observed' }), waiting)
  expect(Math.round((await speed()).per_hour)).toBe(6)
  const read = async (name: string, labels = {}) =>
    valueIn((await chat.server.metrics())?.text ?? '', `dowellchat_${name}`, labels) ?? 0
  await vi.waitFor(async () => expect(await read('line_waits_total')).toBe(20), waiting)
  // They took more than twice as long as was said.
  expect(await read('line_waits_total', { outcome: 'after' })).toBeGreaterThan(10)
  expect(await read('line_wait_seconds_count', { kind: 'actual' })).toBe(20)
  expect(await read('line_wait_error_seconds_count')).toBe(20)
})
