import { randomUUID } from 'node:crypto'
import type { LineManager } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import type { TestSocket } from '../src/testing/connect.ts'
import { raisedLimits } from '../src/testing/start-server.ts'
import { isHello } from './support/mongo-proxy.ts'
import { until } from './support/sockets.ts'
import { createTickets, makeLineManager, spread } from './support/ticket-line.ts'
import { describeTwoServers, startProxyTo } from './support/two-servers.ts'

const deadlineMs = 30_000

async function managerOf(admin: TestSocket, user_id: string): Promise<LineManager | undefined> {
  return (await admin.request('get_all_line_managers', {})).find((one) => one.user_id === user_id)
}

/** The address of a database whose every command is late. */
async function lateUrl(direct: string, mostDelayMs: number): Promise<string> {
  const { proxy, url } = await startProxyTo(direct)
  proxy.set(({ name }) => (isHello(name) ? undefined : { delayMs: Math.random() * mostDelayMs }))
  return url
}

describeTwoServers(
  'the line of two servers on one MongoDB',
  ({ newUrl, open }) => {
    it('[LN1, LN2] gives a ticket to one of two who claim it at both', async () => {
      const [east, west] = await open(newUrl(), deadlineMs)
      const admin = await east.connect('root', { role: 'admin' })
      await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
      const agents = [
        await east.connect('manager-1', { role: 'agent' }),
        await west.connect('manager-2', { role: 'agent' }),
      ]
      for (const position of [1, 2]) await makeLineManager(admin, position)
      for (const agent of agents) await agent.request('set_line_availability', { availability: 'away' })
      const tickets = await createTickets(admin, 10)
      const answers = await Promise.all(
        tickets.flatMap(({ _id: ticket_id }) =>
          agents.map((agent) => agent.ask('claim_ticket', { ticket_id })),
        ),
      )
      expect(answers.filter(({ status }) => status === 'success')).toHaveLength(10)
      const failed = answers.filter(({ status }) => status === 'failure')
      expect(failed).toHaveLength(10)
      for (const one of failed) expect(one).toMatchObject({ error: { code: 'conflict' } })
    })

    it('[LN20] closes a ticket once that is closed at both, however late the store is', async () => {
      const [east, west] = await open(await lateUrl(newUrl(), 20), deadlineMs)
      const admins = await Promise.all([east, west].map((one) => one.connect('root', { role: 'admin' })))
      const [admin] = admins as [TestSocket]
      await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
      await makeLineManager(admin, 1)
      const tickets = await createTickets(admin, 6)
      const answers = await Promise.all(
        tickets.map(({ _id: ticket_id }) =>
          Promise.all(admins.map((one) => one.request('close_ticket', { ticket_id }))),
        ),
      )
      for (const both of answers)
        expect(both.map(({ closed_now }) => closed_now).sort()).toEqual([false, true])
      for (const { _id: ticket_id } of tickets) {
        const messages = await admin.request('get_ticket_messages', { ticket_id })
        expect(messages.filter(({ kind }) => kind === 'closed')).toHaveLength(1)
      }
      expect((await managerOf(admin, 'manager-1'))?.ticket_count).toBe(0)
    })

    it('[LN14, LN16] hands back what somebody has whose server has ended, to those at the other', async () => {
      const limits = { ...raisedLimits, handBackMs: 500, handBackAnsweredMs: 1_000_000 }
      const [east, west] = await open(newUrl(), deadlineMs, { limits })
      const admin = await east.connect('root', { role: 'admin' })
      await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
      await east.connect('manager-1', { role: 'agent' })
      await west.connect('manager-2', { role: 'agent' })
      for (const position of [1, 2]) await makeLineManager(admin, position)
      await until(async () => expect((await managerOf(admin, 'manager-2'))?.is_unmanaged).toBe(false))
      await createTickets(admin, 6)
      const counts = (await admin.request('get_all_line_managers', {})).map(
        ({ ticket_count }) => ticket_count,
      )
      expect(spread(counts)).toBe(0)
      await west.server.close()
      await until(async () => expect((await managerOf(admin, 'manager-2'))?.availability).toBe('offline'))
      await until(async () => expect((await managerOf(admin, 'manager-1'))?.ticket_count).toBe(6))
    })
  },
  { withRedis: true },
)
