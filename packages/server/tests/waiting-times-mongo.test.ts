import { expect, it } from 'vitest'
import { makeLineManager, newTicket } from './support/ticket-line.ts'
import { describeTwoServers } from './support/two-servers.ts'

describeTwoServers('waiting times on two servers with one MongoDB', ({ newUrl, open }) => {
  it('[CC4] move at the clients of the other server too', async () => {
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

  it('[CC4] of a V2 page’s ticket do not move where the other server gives it to a line manager', {
    timeout: 300_000,
  }, async () => {
    const [east, west] = await open(newUrl(), 30_000)
    const admin = await east.connect('root', { role: 'admin' })
    const [page, agent] = [await west.connectV2(), await west.connect('eve', { role: 'agent' })]
    const fields = { workspace_id: 'demo', api_key: 'demo-key', product: 'sales', user_id: 'ann' }
    // A line with nobody there has no estimate, which is told too (EW10).
    const away = { user_id: 'mia', positions_in_a_line: 1, average_serving_time: 4, cid: crypto.randomUUID() }
    await admin.request('create_line_manager', away)
    page.emit('create_ticket', { ...fields, created_at: new Date() })
    const events = (await page.heard(2)).map(([event]) => event)
    expect(events).toEqual(['ticket_response', 'waiting_time_response'])

    const [ticket] = (await admin.request('get_tickets', {})).tickets
    await admin.request('transfer_ticket', { ticket_id: ticket?._id ?? '', line_manager: 'mia' })

    await agent.first('ticket_updated', ({ data }) => data.line_manager !== null)
    expect(await page.heard()).toEqual([])
  })
})
