import { randomUUID } from 'node:crypto'
import type { PushOf } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { TestSocket } from '../src/testing/connect.ts'
import { describeTwoServers } from './support/two-servers.ts'

const newTicket = () => ({ product: 'sales', cid: randomUUID() })

function movesOf({ frames }: TestSocket): PushOf<'line_moved'>[] {
  return frames.flatMap(([event, data]) => (event === 'line_moved' ? [data as PushOf<'line_moved'>] : []))
}

describeTwoServers('lines of two servers', ({ newUrl, open, openOne }) => {
  it('[EW7] tells who waits at one server how the line moves at the other', async () => {
    const [east, west] = await open(newUrl(), 10_000)
    const admin = await east.connect('root', { role: 'admin' })
    await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
    const rank = { positions_in_a_line: 1, average_serving_time: 5, is_unmanaged: true, capacity: 1 }
    await admin.request('create_line_manager', { user_id: 'mia', ...rank, cid: randomUUID() })
    const [ann, ben] = [await west.connect('ann'), await east.connect('ben')]
    const served = await admin.request('create_ticket', newTicket())
    const first = await ben.request('create_ticket', newTicket())
    const last = await ann.request('create_ticket', newTicket())
    const estimate = await ann.request('get_estimate', { ticket_id: last._id })
    expect(estimate).toMatchObject({ ahead: 1, middle: 10 })

    await admin.request('close_ticket', { ticket_id: served._id })

    const left = () => movesOf(ann).flatMap((move) => move.left)
    await vi.waitFor(() => expect(left().some((order) => order.endsWith(first._id))).toBe(true), {
      timeout: 20_000,
    })
    expect(await ann.request('get_estimate', { ticket_id: last._id })).toMatchObject({ ahead: 0, middle: 5 })
  })

  it('[LN2] takes one ticket for a claim that is repeated at the other server, however fast', async () => {
    const [east, west] = await open(newUrl(), 10_000)
    const admin = await east.connect('root', { role: 'admin' })
    await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
    const rank = { positions_in_a_line: 1, average_serving_time: 5 }
    await admin.request('create_line_manager', { user_id: 'mia', ...rank, cid: randomUUID() })
    const mias = await Promise.all(
      [east, east, west, west].map((server) => server.connect('mia', { role: 'agent' })),
    )
    await mias[0]?.request('set_line_availability', { availability: 'away' })
    for (let n = 0; n < 4; n++) await admin.request('create_ticket', newTicket())
    const cid = randomUUID()
    const claims = await Promise.all(mias.map((mia) => mia.request('claim_next', { cid })))
    expect(new Set(claims.map(({ _id }) => _id)).size).toBe(1)
    const { tickets } = await admin.request('get_tickets', { line_manager: 'mia' })
    expect(tickets.map(({ _id }) => _id)).toEqual([claims[0]?._id])
  })

  it('[LN7, S18] gives back no more than its line manager has room for where tickets are opened again at both', async () => {
    const [east, west] = await open(newUrl(), 10_000)
    const admins = await Promise.all([east, west].map((one) => one.connect('root', { role: 'admin' })))
    const [admin] = admins as [TestSocket]
    await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
    const rank = { positions_in_a_line: 1, average_serving_time: 5, is_unmanaged: true, capacity: 2 }
    await admin.request('create_line_manager', { user_id: 'mia', ...rank, cid: randomUUID() })
    const ids: string[] = []
    for (let n = 0; n < 8; n++) {
      const { _id: ticket_id } = await admin.request('create_ticket', newTicket())
      await admin.request('close_ticket', { ticket_id })
      ids.push(ticket_id)
    }
    await Promise.all(
      ids.map((ticket_id, at) => (admins[at % 2] ?? admin).request('reopen_ticket', { ticket_id })),
    )
    const [mia] = await admin.request('get_all_line_managers', {})
    expect(mia?.ticket_count).toBe(2)
    const { tickets } = await admin.request('get_tickets', { is_closed: false })
    expect(tickets).toHaveLength(8)
  })

  it('[LN12, S18] gives no more than the capacity where the other server was faster while a function of the team chose', async () => {
    const url = newUrl()
    const other = await mongoStore({ url, deadlineMs: 10_000 })
    onTestFinished(() => other.close())
    let faster: string | undefined
    const east = await openOne(url, 10_000, {
      strategy: async (_ticket, [first]) => {
        const take = { kind: 'take', line_manager: 'mia' } as const
        if (faster !== undefined) await other.tickets.move('demo', faster, take, 'mia')
        return first?.user_id ?? null
      },
    })
    const admin = await east.connect('root', { role: 'admin' })
    await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
    await admin.request('create_ticket', newTicket())
    faster = (await admin.request('create_ticket', newTicket()))._id
    const rank = { positions_in_a_line: 1, average_serving_time: 5, is_unmanaged: true, capacity: 1 }
    await admin.request('create_line_manager', { user_id: 'mia', ...rank, cid: randomUUID() })
    const { tickets } = await admin.request('get_tickets', { line_manager: 'mia' })
    expect(tickets.map(({ _id }) => _id)).toEqual([faster])
  })
})
