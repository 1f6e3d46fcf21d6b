import { expect, it } from 'vitest'
import { makeLineManager, newTicket } from './support/ticket-line.ts'
import { describeTwoServers } from './support/two-servers.ts'

describeTwoServers('waiting times on two servers with one MongoDB', ({ newUrl, open }) => {
  it('[CC4] move at the clients of the other server too', { timeout: 120_000 }, async () => {
    const [east, west] = await open(newUrl(), 30_000)
    const admin = await east.connect('root', { role: 'admin' })
    await makeLineManager(admin, 1)
    const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
    await admin.request('create_topic', { name: 'sales', cid: crypto.randomUUID() })
    const first = await ann.request('create_ticket', newTicket())
    const second = await ben.request('create_ticket', newTicket())
    expect(second.waiting_time).toBe(4)

    await admin.request('close_ticket', { ticket_id: first._id })

    const { data } = await ben.first('ticket_updated', ({ data }) => data._id === second._id)
    expect(data).toEqual({ ...second, waiting_time: 0 })
  })
})
