import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import { defaultLimits } from '../src/limits.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { endOf, flood, key, message, withLimits } from './support/attacks.ts'

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

it('[BG14] attackers of every kind at once are closed, have stored no more than their budgets, and keep nobody from being answered', async () => {
  const chat = await openChat(onTestFinished, withLimits())
  const root = await furnish(chat)
  const [innocent, victim] = [await chat.connect('innocent'), await chat.connect('victim')]
  const attackers = await Promise.all(
    Object.entries(attacks).map(async ([kind, attack]) => {
      const socket = attack.dialect === 'V2' ? await chat.connectV2() : await chat.connect(`attacker ${kind}`)
      return { kind, socket, ...attack }
    }),
  )
  const began = performance.now()
  const sending = attackers.map(({ socket, event, payload }) => flood(socket, event, payload, 200_000))
  for (let each = 0; each < 20; each++)
    expect(await innocent.ask('message_event', message('mine'))).toMatchObject({ status: 'success' })
  await Promise.all(sending)
  for (const { kind, socket } of attackers) {
    await socket.closed()
    expect([kind, endOf(socket)?.data]).toEqual([kind, expect.stringMatching(/^The connection is closed: /)])
  }
  const elapsedMs = performance.now() - began
  const budget = 400 + (50 * elapsedMs) / 1_000
  const rungInVain = Math.floor(elapsedMs / defaultLimits.ringMs)
  // One at a time: the next one once that has rung in vain.
  expect(countOf(victim, 'callUser')).toBeGreaterThan(0)
  expect(countOf(victim, 'callUser')).toBeLessThanOrEqual(1 + rungInVain)
  const { head } = await innocent.request('join', { room: 'attacked' })
  // Two of them write, and each has 400 points and gets 50 a second.
  expect(head.seq).toBeLessThan(Math.max(2_500, 2 * budget))
  const { tickets } = await root.request('get_tickets', { limit: 5_000 })
  const own = tickets.filter(({ user_id }) => user_id === 'attacker tickets')
  expect(own.length).toBeLessThanOrEqual(50)
  // Each is five points.
  expect(tickets.length - own.length).toBeLessThan(Math.max(300, budget / 5))
})

it('[BG14] unknown events of V2 without end are read slowly, and neither answered nor a reason to close', async () => {
  const chat = await openChat(onTestFinished, withLimits())
  const [innocent, page] = [await chat.connect('innocent'), await chat.connectV2()]
  page.skip()
  for (let each = 0; each < 20_000; each++) page.emit('my_event', {})
  for (let each = 0; each < 10; each++)
    expect(await innocent.ask('message_event', message('mine'))).toMatchObject({ status: 'success' })
  await vi.waitFor(() => expect(page.socket.io.engine.writeBuffer.length).toBe(0), 20_000)
  expect(page.unread).toEqual([])
  expect(page.socket.connected).toBe(true)
})
