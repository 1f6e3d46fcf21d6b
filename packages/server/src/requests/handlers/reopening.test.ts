import type { Ticket } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { loadsOf, message, newTicket, withLine } from '../../../tests/support/ticket-line.ts'
import type { TestSocket } from '../../testing/connect.ts'

/** Closed tickets of a line manager with a capacity of one. */
async function closedTickets(customer: TestSocket, admin: TestSocket, count: number): Promise<Ticket[]> {
  const tickets: Ticket[] = []
  for (let n = 0; n < count; n++) {
    const ticket = await customer.request('create_ticket', newTicket())
    tickets.push(ticket)
    await admin.request('close_ticket', { ticket_id: ticket._id })
  }
  return tickets
}

it('[LN7, S18] gives back no more than its line manager has room for, however many are opened again at once', async () => {
  const { chat, admin } = await withLine([1])
  const ann = await chat.connect('ann')
  const tickets = await closedTickets(ann, admin, 4)
  const reopened = await Promise.all(
    tickets.map(({ _id: ticket_id }) => admin.request('reopen_ticket', { ticket_id })),
  )
  expect(reopened.filter(({ ticket }) => ticket.state === 'assigned')).toHaveLength(1)
  expect(await loadsOf(admin)).toEqual([1])
})

it('[LN8, LN13] lets a ticket wait that is opened again outside of its business hours, until they begin', async () => {
  const { chat, admin } = await withLine([null])
  const ann = await chat.connect('ann')
  const [asked, written] = (await closedTickets(ann, admin, 2)) as [Ticket, Ticket]
  await admin.request('update_topic', { name: 'sales', hours: { time_zone: 'UTC', openings: [] } })

  await ann.request('ticket_message_event', message(written._id, 'It does not brake'))
  const { ticket } = await admin.request('reopen_ticket', { ticket_id: asked._id })

  expect(ticket).toMatchObject({ state: 'waiting', line_manager: null })
  const now = await ann.request('get_ticket', { ticket_id: written._id })
  expect(now).toMatchObject({ state: 'waiting', line_manager: null })
  await admin.request('update_topic', { name: 'sales', hours: null })
  expect(await loadsOf(admin)).toEqual([2])
})
