import { describe, expect, it } from 'vitest'
import { inGroups } from '../../../tests/support/sockets.ts'
import {
  createTickets,
  loadsOf,
  makeLineManager,
  newTicket,
  openTicketsOf,
  spread,
  updated,
  withLine,
} from '../../../tests/support/ticket-line.ts'

const openKey = { workspace_id: 'demo', api_key: 'demo-key' }

describe('the line', () => {
  it.each([
    [12, 3],
    [200, 3],
    [200, 7],
  ])(
    '[TK2] spreads %i tickets, made at once by as many sockets, over %i line managers',
    async (count, managers) => {
      const { chat, admin } = await withLine(Array.from({ length: managers }, () => null))
      const customers = await inGroups(count, (at) => chat.connect(`customer-${at}`))

      const tickets = await Promise.all(
        customers.map((customer) => customer.request('create_ticket', newTicket())),
      )

      const assigned = await loadsOf(admin)
      expect(assigned.reduce((sum, one) => sum + one)).toBe(count)
      expect(spread(assigned)).toBeLessThanOrEqual(1)
      expect(await admin.heard(count)).toHaveLength(count)

      // The customer and an agent close half of them at the same time.
      const half = tickets.filter((_, at) => at % 2 === 0)
      const closings = await Promise.all(
        half.flatMap(({ _id }, at) => [
          customers[at * 2]?.request('close_ticket', { ticket_id: _id }),
          admin.request('close_ticket', { ticket_id: _id }),
        ]),
      )
      expect(closings.filter((closing) => closing?.closed_now)).toHaveLength(half.length)
      expect((await loadsOf(admin)).reduce((sum, one) => sum + one)).toBe(count - half.length)

      // The next tickets go to the line managers with the fewest.
      await Promise.all(half.map((_, at) => customers[at]?.request('create_ticket', newTicket())))
      expect(spread(await loadsOf(admin))).toBeLessThanOrEqual(1)
    },
  )

  it('[TK2] gives a ticket to whoever has fewest, then to the lowest position', async () => {
    const { chat, admin } = await withLine([null, null])
    const ann = await chat.connect('ann')
    const first = await createTickets(ann, 4)
    expect(first.map(({ line_manager }) => line_manager)).toEqual([
      'manager-1',
      'manager-2',
      'manager-1',
      'manager-2',
    ])
    for (const ticket of first.filter(({ line_manager }) => line_manager === 'manager-2')) {
      await ann.request('close_ticket', { ticket_id: ticket._id })
    }
    expect((await createTickets(ann, 2)).map(({ line_manager }) => line_manager)).toEqual([
      'manager-2',
      'manager-2',
    ])
    expect(await loadsOf(admin)).toEqual([2, 2])
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
    const tickets = await createTickets(ann, 6)
    expect(tickets.map(({ line_manager }) => line_manager)).toEqual([
      'manager-1',
      'manager-2',
      'manager-10',
      'manager-1',
      'manager-2',
      'manager-10',
    ])
    expect(await loadsOf(admin)).toEqual([2, 2, 2])
  })

  it('[TK2] gives nobody more than their capacity', async () => {
    const { chat, admin } = await withLine([2, 1])
    const customers = await Promise.all(Array.from({ length: 10 }, (_, at) => chat.connect(`customer-${at}`)))
    const tickets = await Promise.all(
      customers.map((customer) => customer.request('create_ticket', newTicket())),
    )
    expect(await loadsOf(admin)).toEqual([2, 1])
    const waiting = tickets.filter(({ line_manager }) => line_manager === null)
    expect(waiting).toHaveLength(7)
    for (const { waiting_time } of waiting) expect(waiting_time).toBeNull()
  })

  it('[TK2] gives waiting tickets to a new line manager, oldest first, and tells those concerned', async () => {
    const { chat, admin } = await withLine([])
    const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
    const tickets = await createTickets(ann, 5)
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
    expect(await ann.heard(3)).toEqual(taken)
    expect(await admin.heard(4)).toEqual([...taken, ['line_manager_changed', { data: manager }]])
    expect(await bob.heard()).toEqual([])
    expect(await loadsOf(admin)).toEqual([3])
  })

  it('[TK2] gives a place that becomes free to whoever waits longest', async () => {
    const { chat, admin } = await withLine([1])
    const ann = await chat.connect('ann')
    const tickets = await createTickets(ann, 4)
    const order: unknown[] = []
    for (const { _id } of tickets) {
      const [open] = (await openTicketsOf(admin)).filter(({ line_manager }) => line_manager !== null)
      order.push(open?._id)
      await admin.request('close_ticket', { ticket_id: _id })
    }
    expect(order).toEqual(tickets.map(({ _id }) => _id))
    expect(await loadsOf(admin)).toEqual([0])
    expect(await ann.heard(7)).toHaveLength(7)
  })

  it('[TK2] leaves nobody waiting beside a free line manager, whoever comes at the same time', async () => {
    const { chat, admin } = await withLine([])
    const customers = await inGroups(30, (at) => chat.connect(`customer-${at}`))
    const made = customers.map((customer) => customer.request('create_ticket', newTicket()))
    await Promise.all([...made, makeLineManager(admin, 1, 10), makeLineManager(admin, 2, 10)])
    expect(await loadsOf(admin)).toEqual([10, 10])
    expect((await openTicketsOf(admin)).filter(({ line_manager }) => line_manager === null)).toHaveLength(10)
    const open = await openTicketsOf(admin)
    await Promise.all(open.slice(0, 15).map(({ _id }) => admin.request('close_ticket', { ticket_id: _id })))
    const left = await openTicketsOf(admin)
    expect(left.filter(({ line_manager }) => line_manager === null)).toEqual([])
    expect((await loadsOf(admin)).reduce((sum, one) => sum + one)).toBe(15)
  })

  it('[TK6] says how long the open tickets of the same line manager before it take', async () => {
    const { chat, admin } = await withLine([null])
    const ann = await chat.connect('ann')
    const tickets = await createTickets(ann, 3)
    expect(tickets.map(({ waiting_time }) => waiting_time)).toEqual([0, 4, 8])
    await admin.request('close_ticket', { ticket_id: tickets[0]?._id ?? '' })
    const { tickets: now } = await ann.request('get_tickets', {})
    expect(now.map(({ waiting_time }) => waiting_time)).toEqual([4, 0, null])
  })
})
