import type { Ticket } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import type { TestChat, TestSocket } from '../src/testing/connect.ts'
import { until } from './support/sockets.ts'
import { loadsOf, makeLineManager, newTicket, spread } from './support/ticket-line.ts'
import { describeTwoServers } from './support/two-servers.ts'

const deadlineMs = 30_000
const perServer = 20

/** A topic and line managers, and on each server an admin and a customer. */
async function workspaceOn(servers: readonly TestChat[], capacities: readonly (number | null)[]) {
  const admins: TestSocket[] = []
  const customers: TestSocket[] = []
  for (const [at, chat] of servers.entries()) {
    admins.push(await chat.connect('root', { role: 'admin' }))
    customers.push(await chat.connect(`customer ${at}`, { role: 'customer' }))
  }
  const [root] = admins as [TestSocket]
  await root.request('create_topic', { name: 'sales', cid: crypto.randomUUID() })
  for (const [at, capacity] of capacities.entries()) await makeLineManager(root, at + 1, capacity)
  return { admins: admins as [TestSocket, TestSocket], customers: customers as [TestSocket, TestSocket] }
}

/** What a socket has heard of each ticket, in order. */
function heardOf(socket: TestSocket): Map<string, { event: string; ticket: Ticket }[]> {
  const heard = new Map<string, { event: string; ticket: Ticket }[]>()
  for (const [event, data] of socket.frames) {
    if (event !== 'new_ticket' && event !== 'ticket_updated') continue
    const { data: ticket } = data as { data: Ticket }
    heard.set(ticket._id, [...(heard.get(ticket._id) ?? []), { event, ticket }])
  }
  return heard
}

/** Fails unless a socket knows each ticket as it is, was told of it once as a new one, and of no older state after a newer one. */
function expectLevel(socket: TestSocket, tickets: readonly Ticket[]): void {
  const heard = heardOf(socket)
  for (const ticket of tickets) {
    const all = heard.get(ticket._id) ?? []
    const { line_manager, is_closed } = all.at(-1)?.ticket ?? {}
    expect({ line_manager, is_closed }).toEqual({
      line_manager: ticket.line_manager,
      is_closed: ticket.is_closed,
    })
    expect(all.filter(({ event }) => event === 'new_ticket')).toHaveLength(1)
    const closedAt = all.findIndex((one) => one.ticket.is_closed)
    if (closedAt >= 0) expect(all.slice(closedAt).every((one) => one.ticket.is_closed)).toBe(true)
  }
}

async function ticketsOf(admin: TestSocket): Promise<Ticket[]> {
  return (await admin.request('get_tickets', { limit: 500 })).tickets
}

describeTwoServers(
  'tickets of two servers on one MongoDB',
  ({ newUrl, open }) => {
    it('[NX7] are spread evenly and counted exactly when both create and close at once', async () => {
      const servers = await open(newUrl(), deadlineMs)
      const { admins, customers } = await workspaceOn(servers, [null, null, null])
      const [east, west] = admins
      const creating = customers.flatMap((one) =>
        Array.from({ length: perServer }, () => one.request('create_ticket', newTicket())),
      )
      const tickets = await Promise.all(creating)
      const loads = await loadsOf(east)
      expect(loads.reduce((sum, one) => sum + one, 0)).toBe(2 * perServer)
      expect(spread(loads)).toBeLessThanOrEqual(1)

      // The same ones on both.
      const some = tickets.slice(10, 25)
      const closings = some.flatMap(({ _id: ticket_id }) =>
        admins.map((one) => one.request('close_ticket', { ticket_id })),
      )
      const closed = await Promise.all(closings)
      expect(closed.filter(({ closed_now }) => closed_now)).toHaveLength(some.length)
      const left = await loadsOf(west)
      expect(left.reduce((sum, one) => sum + one, 0)).toBe(2 * perServer - some.length)

      const now = await ticketsOf(east)
      for (const one of admins) await until(() => expectLevel(one, now))
    })

    it('[NX7] go on to an agent who becomes free at the other server', async () => {
      const servers = await open(newUrl(), deadlineMs)
      const { admins, customers } = await workspaceOn(servers, [1])
      const [east] = admins
      const [first, second] = customers
      const taken = await first.request('create_ticket', newTicket())
      const waiting = await second.request('create_ticket', newTicket())
      expect([taken.line_manager, waiting.line_manager]).toEqual(['manager-1', null])

      await east.request('close_ticket', { ticket_id: taken._id })

      const { data } = await second.first('ticket_updated', ({ data }) => data.line_manager !== null)
      expect(data).toMatchObject({ _id: waiting._id, line_manager: 'manager-1' })
      const now = await ticketsOf(east)
      for (const one of admins) await until(() => expectLevel(one, now))
    })

    it('[NX4] are new once, also where the request is repeated at the other server', async () => {
      const servers = await open(newUrl(), deadlineMs)
      const { admins } = await workspaceOn(servers, [null])
      const [here, there] = [await servers[0].connect('ann'), await servers[1].connect('ann')]
      const asked = newTicket()
      const ticket = await here.request('create_ticket', asked)
      for (const one of admins) await one.first('new_ticket')
      expect(await there.request('create_ticket', asked)).toEqual(ticket)
      await here.request('create_ticket', newTicket())
      const isAnother = ({ data }: { data: Ticket }) => data._id !== ticket._id
      for (const one of admins) await one.first('new_ticket', isAnother)
      const now = await ticketsOf(admins[0])
      for (const one of admins) await until(() => expectLevel(one, now))
    })

    it('[NX3] show rooms that both change at once to nobody in an older version', async () => {
      const servers = await open(newUrl(), deadlineMs)
      const people = [await servers[0].connect('ann'), await servers[1].connect('ben')] as const
      const members = { kind: 'members' as const, members: ['ben'], cid: crypto.randomUUID() }
      const { _id: room } = await people[0].request('create_room', members)
      const root = await servers[1].connect('root', { role: 'admin' })
      const titles = Array.from({ length: 10 }, (_, n) => [people[0], root].map((one) => [one, n] as const))
      await Promise.all(
        titles.flat().map(([one, n]) => one.request('update_room', { room, title: `${one.id} ${n}` })),
      )
      const { room: now } = await people[0].request('get_room', { room })
      for (const one of people) {
        await one.first('room_updated', ({ data }) => data.version === now.version)
        const heard = one.frames.flatMap(([event, data]) =>
          event === 'room_updated' ? (data as { data: typeof now }).data : [],
        )
        expect(heard.at(-1)).toEqual(now)
        const versions = heard.map(({ version }) => version)
        expect(versions).toEqual(versions.toSorted((a, b) => a - b))
      }
    })
  },
  { withRedis: true },
)
