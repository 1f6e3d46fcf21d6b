import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { endOf, flood, key, message, withLimits } from './support/attacks.ts'

vi.setConfig({ testTimeout: 60_000 })

interface Attack {
  readonly dialect: 'V2' | 'current'
  readonly event: string
  readonly payload: (n: number) => unknown
}

const attacks: Readonly<Record<string, Attack>> = {
  'unknown events': { dialect: 'current', event: 'nonsense', payload: () => ({}) },
  'payloads that are not valid': {
    dialect: 'current',
    event: 'message_event',
    payload: () => ({ room_id: [] }),
  },
  'payloads of V2 that are not valid': {
    dialect: 'V2',
    event: 'message_event',
    payload: () => ({ room_id: [] }),
  },
  'unknown events of V2': { dialect: 'V2', event: 'my_event', payload: () => ({}) },
  messages: { dialect: 'current', event: 'message_event', payload: () => message('attacked') },
  'messages of V2': { dialect: 'V2', event: 'message_event', payload: () => message('attacked') },
  tickets: {
    dialect: 'current',
    event: 'create_ticket',
    payload: () => ({ product: 'sales', cid: randomUUID() }),
  },
  'tickets of V2': {
    dialect: 'V2',
    event: 'create_ticket',
    payload: () => ({ ...key, user_id: '12345', product: 'sales' }),
  },
  'joins of new rooms': { dialect: 'current', event: 'join', payload: (n) => ({ room: `room ${n}` }) },
  'joins of one room by V2': { dialect: 'V2', event: 'join', payload: () => ({ room: 'full' }) },
  pages: { dialect: 'current', event: 'join', payload: () => ({ room: 'full', limit: 200 }) },
  calls: {
    dialect: 'current',
    event: 'callUser',
    payload: () => ({ userToCall: 'victim', signalData: { type: 'offer', sdp: 'x' }, cid: randomUUID() }),
  },
}

/** A room with as much as one page has, and a topic. */
async function furnish(chat: TestChat): Promise<TestSocket> {
  const [root, writer] = [await chat.connect('root', { role: 'admin' }), await chat.connect('writer')]
  await root.request('create_topic', { name: 'sales', cid: randomUUID() })
  for (let each = 0; each < 20; each++)
    await writer.request('message_event', message('full', 'x'.repeat(10_000)))
  return root
}

function countOf(socket: TestSocket, event: string): number {
  return socket.frames.filter(([name]) => name === event).length
}

it.each(Object.entries(attacks))(
  '[BG14] whoever sends %s without end is closed, has stored no more than the budget, and keeps nobody from being answered',
  async (_, { dialect, event, payload }) => {
    const chat = await openChat(onTestFinished, withLimits())
    const root = await furnish(chat)
    const [innocent, victim] = [await chat.connect('innocent'), await chat.connect('victim')]
    const attacker = dialect === 'V2' ? await chat.connectV2() : await chat.connect('attacker')
    const sending = flood(attacker, event, payload, 200_000)
    const startedAt = performance.now()
    for (let each = 0; each < 10; each++)
      expect(await innocent.ask('message_event', message('mine'))).toMatchObject({ status: 'success' })
    await sending
    await attacker.closed()
    // The promise is 5 s; a machine that is busy otherwise needs longer.
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    expect(endOf(attacker)?.data).toMatch(/^The connection is closed: /)
    expect(countOf(victim, 'callUser')).toBeLessThanOrEqual(1)
    const { head } = await innocent.request('join', { room: 'attacked' })
    expect(head.seq).toBeLessThan(1_500)
    const { tickets } = await root.request('get_tickets', { limit: 5_000 })
    expect(tickets.length).toBeLessThanOrEqual(dialect === 'V2' ? 300 : 50)
    await innocent.request('message_event', message('mine'))
  },
)
