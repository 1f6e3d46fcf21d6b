import { randomUUID } from 'node:crypto'
import type { LineManager } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createTickets, makeLineManager, message } from '../../tests/support/ticket-line.ts'
import type { Logger } from '../logger.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type LineManagerStore, type Store, StoreUnavailableError } from '../stores/store.ts'
import { openChat, type TestChat } from '../testing/connect.ts'
import { raisedLimits } from '../testing/start-server.ts'

const minuteMs = 60_000
const patience = { timeout: 40_000, interval: 50 }

type AskedAbsent = Parameters<LineManagerStore['absent']>

/** A line manager who has just left, with a ticket that they have answered and one that they have not. */
async function withAbsent(handBackMs: number): Promise<{
  chat: TestChat
  managerNow: () => Promise<LineManager | undefined>
  /** Shows that nothing is handed back yet, unless the machine has taken so long that it is due. */
  expectNothingBack: () => Promise<void>
  /** What the store was asked of those who are away. */
  asked: AskedAbsent[]
}> {
  const limits = { ...raisedLimits, handBackMs, handBackAnsweredMs: 10 * minuteMs }
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const asked: AskedAbsent[] = []
  const absent: LineManagerStore['absent'] = (...how) => {
    asked.push(how)
    return store.lineManagers.absent(...how)
  }
  const lineManagers = { ...store.lineManagers, absent }
  const chat = await openChat(onTestFinished, {
    limits,
    store: { ...store, lineManagers, close: async () => {} },
  })
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  const agent = await chat.connect('manager-1', { role: 'agent' })
  await makeLineManager(admin, 1)
  const [ticket] = await createTickets(await chat.connect('ann'), 2)
  await agent.request('ticket_message_event', message(ticket?._id ?? '', 'Hello'))
  const managerNow = async () => (await store.lineManagers.list('demo'))[0]
  const leftAt = performance.now()
  const expectNothingBack = async () => {
    const now = await managerNow()
    if (performance.now() - leftAt < limits.handBackMs) expect(now).toMatchObject({ ticket_count: 2 })
  }
  agent.socket.disconnect()
  await vi.waitFor(
    async () => expect(await managerNow()).toMatchObject({ availability: 'offline' }),
    patience,
  )
  return { chat, managerNow, expectNothingBack, asked }
}

function stepClock(ms: number): void {
  const now = Date.now.bind(Date)
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
  onTestFinished(() => spy.mockRestore())
}

const handedBack = (managerNow: () => Promise<LineManager | undefined>) =>
  vi.waitFor(async () => expect(await managerNow()).toMatchObject({ ticket_count: 1 }), patience)

it('[LN16] hands back nothing at once because the clock is set forward', async () => {
  const { chat, managerNow, expectNothingBack } = await withAbsent(10_000)
  stepClock(11 * minuteMs)
  // All that repeats runs.
  await chat.server.clock.advance(0)
  await expectNothingBack()
  await handedBack(managerNow)
})

it('[LN16] hands back in time though the clock is set back', async () => {
  const { chat, managerNow, expectNothingBack } = await withAbsent(10_000)
  stepClock(-60 * minuteMs)
  await chat.server.clock.advance(0)
  await expectNothingBack()
  await handedBack(managerNow)
})

it.each([
  ['forward', 11],
  ['back', -60],
])('[LN16] looks at all who are away only once in a while after the clock is set %s', async (_, minutes) => {
  const { managerNow, asked } = await withAbsent(3_000)
  stepClock(minutes * minuteMs)
  await handedBack(managerNow)
  asked.length = 0
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(4), patience)
  // Those of a time that is still to come are from before it was set back.
  const isWhole = ([before, , after]: AskedAbsent) => after === undefined || Date.parse(before) > Date.now()
  // A round may fall between.
  expect(asked.filter(isWhole).length).toBeLessThan(3)
})

it('[LN20] finds who is gone in a workspace though another one cannot be looked at, and it could not be at first', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  let failures = 0
  const list: Store['lineManagers']['list'] = async (workspaceId) => {
    if (workspaceId === 'other' && failures > 0) return store.lineManagers.list(workspaceId)
    if (workspaceId === 'other') failures += 1
    throw new StoreUnavailableError('The disk is full')
  }
  const mia = { workspace_id: 'other', user_id: 'mia', positions_in_a_line: 1, average_serving_time: 4 }
  const made = {
    capacity: null,
    created_by: 'root',
    cid: randomUUID(),
    fingerprint: '',
    client_created_at: null,
  }
  await store.lineManagers.create({ ...mia, ...made })
  await store.lineManagers.attend('other', 'mia', { is_connected: true, at: new Date().toISOString() })
  const told: string[] = []
  const logger: Logger = { info() {}, warn() {}, error: (_, text) => void told.push(text) }
  const failing = { ...store, lineManagers: { ...store.lineManagers, list }, close: async () => {} }
  await openChat(onTestFinished, { store: failing, logger })
  await vi.waitFor(
    async () =>
      expect(await store.lineManagers.get('other', 'mia')).toMatchObject({ availability: 'offline' }),
    patience,
  )
  expect(failures).toBe(1)
  expect(told).toEqual(['Tickets of those who are away cannot be handed back'])
})
