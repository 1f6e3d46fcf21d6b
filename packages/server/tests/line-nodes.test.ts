import { randomUUID } from 'node:crypto'
import type { LineManager } from '@dowellchat/protocol'
import { expect, it, vi } from 'vitest'
import type { TestSocket } from '../src/testing/connect.ts'
import { raisedLimits } from '../src/testing/start-server.ts'
import { until } from './support/sockets.ts'
import { createTickets, makeLineManager, spread } from './support/ticket-line.ts'
import { describeTwoServers } from './support/two-servers.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const deadlineMs = 30_000

async function managerOf(admin: TestSocket, user_id: string): Promise<LineManager | undefined> {
  return (await admin.request('get_all_line_managers', {})).find((one) => one.user_id === user_id)
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
