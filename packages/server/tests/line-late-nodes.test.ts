import { randomUUID } from 'node:crypto'
import type { PushOf, Ticket } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { redisBus } from '../src/nodes/redis-bus.ts'
import { deadlines } from '../src/stores/mongo/deadlines.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { gate } from './support/gate.ts'
import type { Trouble } from './support/mongo-proxy.ts'
import { until } from './support/sockets.ts'
import { createTickets, makeLineManager, newTicket } from './support/ticket-line.ts'
import { describeTwoServers, startProxyTo } from './support/two-servers.ts'

const deadlineMs = 30_000
const keyPepper = 'the pepper of both servers'
const timedOut = { code: 50, codeName: 'MaxTimeMSExpired' }

/** A socket at each of two servers, the second of which makes a line manager. */
async function withAdmins(
  [east, west]: readonly [TestChat, TestChat],
  capacity: number | null,
): Promise<[atEast: TestSocket, atWest: TestSocket]> {
  const atWest = await west.connect('root', { role: 'admin' })
  await atWest.request('create_topic', { name: 'sales', cid: randomUUID() })
  await makeLineManager(atWest, 1, capacity)
  return [await east.connect('root', { role: 'admin' }), atWest]
}

/** The tickets that a socket was told of, as it was told. */
function told({ frames }: TestSocket): Ticket[] {
  return frames.flatMap(([event, push]) =>
    event === 'ticket_updated' ? [(push as PushOf<'ticket_updated'>).data] : [],
  )
}

/** Those that a socket was told are in some state. */
function toldOf(socket: TestSocket, state: string): Set<string> {
  return new Set(told(socket).flatMap((ticket) => (ticket.state === state ? ticket._id : [])))
}

/** The states that a socket was told one has, in turn. */
function statesOf(socket: TestSocket, ticketId: string): string[] {
  return told(socket).flatMap(({ _id, state }) => (_id === ticketId ? state : []))
}

describeTwoServers(
  'a line of two servers whose MongoDB is late or fails',
  (servers) => {
    const { newUrl, openOne } = servers

    function openOver(url: string, store: Store): Promise<TestChat> {
      const bus = redisBus({ url: servers.redis.url, channel: new URL(url).pathname })
      return openChat(onTestFinished, { store, keyPepper, bus })
    }

    /**
     * A server of whose store one method is late, once `begin` is called: its next call is refused, and answers only after `goOn`.
     * No other call has that deadline, however slow the machine is.
     */
    async function openLate(url: string, method: 'assignWaiting' | 'handBack') {
      const store = await mongoStore({ url, deadlineMs })
      // Each is called with its own arguments.
      const call = store.tickets[method] as (...args: readonly unknown[]) => Promise<unknown>
      const { opened, open: goOn } = gate()
      let hasBegun = false
      let late: Promise<unknown> | undefined
      const slow = async (...args: readonly unknown[]) => {
        if (!hasBegun) return call(...args)
        await late
        if (late) return call(...args)
        const done = call(...args)
        late = opened.then(() => done)
        return deadlines(1)
          .guard({ refused: () => late as Promise<unknown> })
          .refused()
      }
      const chat = await openOver(url, { ...store, tickets: { ...store.tickets, [method]: slow } })
      onTestFinished(goOn)
      const begin = () => {
        hasBegun = true
      }
      return { chat, begin, goOn }
    }

    /** A server whose commands about tickets can be in trouble. */
    async function openTroubled(url: string, troubleOf: (name: string) => Trouble | undefined) {
      const { proxy, url: proxied } = await startProxyTo(url)
      const begin = () =>
        proxy.set(({ name, document }) =>
          Object.values(document)[0] === 'tickets' ? troubleOf(name) : undefined,
        )
      return { chat: await openOne(proxied, deadlineMs), begin }
    }

    it('[S49, LN20] tells of tickets that are given after their request was refused', async () => {
      const url = newUrl()
      const [east, west] = [await openLate(url, 'assignWaiting'), await openOne(url, deadlineMs)]
      const admins = await withAdmins([east.chat, west], 1)
      const [admin, other] = admins
      const [, waiting] = await createTickets(other, 2)
      east.begin()
      const manager = { user_id: 'manager-1', capacity: 2 }
      expect(await admin.refusal('update_line_manager', manager)).toBe('unavailable')
      east.goOn()
      await until(() => {
        for (const one of admins) expect(toldOf(one, 'assigned')).toContain(waiting?._id)
      })
      const ticket = await other.request('get_ticket', { ticket_id: waiting?._id ?? '' })
      expect(ticket).toMatchObject({ line_manager: 'manager-1', state: 'assigned' })
    })

    it('[S49, LN20] tells of a ticket that was given though the answer was lost', async () => {
      const url = newUrl()
      let lost = 0
      const east = await openTroubled(url, (name) => {
        if (name !== 'findAndModify' || lost > 0) return undefined
        lost += 1
        return { error: timedOut, isDone: true }
      })
      const admins = await withAdmins([east.chat, await openOne(url, deadlineMs)], 1)
      const [, waiting] = await createTickets(admins[1], 2)
      east.begin()
      await admins[0].ask('update_line_manager', { user_id: 'manager-1', capacity: 2 })
      await until(() => {
        for (const one of admins) expect(toldOf(one, 'assigned')).toContain(waiting?._id)
      })
      expect(lost).toBe(1)
    })

    it('[S49, LN16] tells of tickets that are handed back after their request was refused', async () => {
      const url = newUrl()
      const [east, west] = [await openLate(url, 'handBack'), await openOne(url, deadlineMs)]
      const admins = await withAdmins([east.chat, west], null)
      const [, other] = admins
      const agent = await east.chat.connect('manager-1', { role: 'agent' })
      const [ticket] = await createTickets(other, 1)
      const ticket_id = ticket?._id ?? ''
      east.begin()
      expect(await agent.refusal('set_line_availability', { availability: 'offline' })).toBe('unavailable')
      east.goOn()
      await until(() => {
        for (const one of admins) expect(toldOf(one, 'waiting')).toContain(ticket_id)
      })
      await expect
        .poll(async () => (await other.request('get_ticket_messages', { ticket_id })).map(({ kind }) => kind))
        .toContain('handed_back')
    })

    it('[S49, LN16] tells of what is handed back late as it is by then', async () => {
      const url = newUrl()
      const east = await openLate(url, 'handBack')
      const [admin] = await withAdmins([east.chat, await openOne(url, deadlineMs)], null)
      const agent = await east.chat.connect('manager-1', { role: 'agent' })
      const [ticket] = await createTickets(admin, 1)
      const ticket_id = ticket?._id ?? ''
      east.begin()
      expect(await agent.refusal('set_line_availability', { availability: 'offline' })).toBe('unavailable')
      await expect
        .poll(async () => (await admin.request('get_ticket', { ticket_id })).line_manager)
        .toBe(null)
      await makeLineManager(admin, 2)
      await until(() => expect(statesOf(admin, ticket_id).at(-1)).toBe('assigned'))
      const before = statesOf(admin, ticket_id).length
      east.goOn()
      await until(() => expect(statesOf(admin, ticket_id).length).toBeGreaterThan(before))
      expect(statesOf(admin, ticket_id).at(-1)).toBe('assigned')
    })

    it('[S49, LN16] tells of the last ticket that was handed back though the answer was lost', async () => {
      const url = newUrl()
      let lost = 0
      const east = await openTroubled(url, (name) => {
        if (name !== 'findAndModify' || lost > 0) return undefined
        lost += 1
        return { error: timedOut, isDone: true }
      })
      const admins = await withAdmins([east.chat, await openOne(url, deadlineMs)], null)
      const [, other] = admins
      const agent = await east.chat.connect('manager-1', { role: 'agent' })
      const [ticket] = await createTickets(other, 1)
      const ticket_id = ticket?._id ?? ''
      east.begin()
      expect(await agent.refusal('set_line_availability', { availability: 'offline' })).toBe('unavailable')
      await until(() => {
        for (const one of admins) expect(toldOf(one, 'waiting')).toContain(ticket_id)
      })
      await expect
        .poll(async () => (await other.request('get_ticket_messages', { ticket_id })).map(({ kind }) => kind))
        .toContain('handed_back')
    })

    it('[CC3] goes on at once with those that wait where only some of them could be given', async () => {
      const url = newUrl()
      // Of those that each look finds, one can be given.
      let left = 0
      let failures = 0
      const east = await openTroubled(url, (name) => {
        if (name === 'find') left = 1
        if (name !== 'findAndModify' || left-- > 0) return undefined
        failures += 1
        return { error: timedOut }
      })
      const [admin, other] = await withAdmins([east.chat, await openOne(url, deadlineMs)], 1)
      await createTickets(other, 9)
      east.begin()
      const begun = performance.now()
      await admin.request('update_line_manager', { user_id: 'manager-1', capacity: null })
      await until(() => expect(toldOf(other, 'assigned').size).toBe(8))
      expect(failures).toBeGreaterThan(0)
      // Half a minute is between two rounds.
      expect(performance.now() - begun).toBeLessThan(25_000)
    })

    it('[LN20] looks at a line a few times for many who come at once', async () => {
      const url = newUrl()
      const store = await mongoStore({ url, deadlineMs })
      let looks = 0
      const assignWaiting: Store['tickets']['assignWaiting'] = (...args) => {
        looks += 1
        return store.tickets.assignWaiting(...args)
      }
      const counted = { ...store, tickets: { ...store.tickets, assignWaiting } }
      const east = await openOver(url, counted)
      const west = await openOne(url, deadlineMs)
      const [admin, other] = await withAdmins([east, west], 1)
      await createTickets(admin, 1)
      looks = 0
      const waiting = Array.from({ length: 60 }, () => admin.request('create_ticket', newTicket()))
      const states = (await Promise.all(waiting)).map(({ state }) => state)
      expect(new Set(states)).toEqual(new Set(['waiting']))
      expect(looks).toBeLessThan(20)
      await other.request('update_line_manager', { user_id: 'manager-1', capacity: null })
      await until(() => expect(toldOf(admin, 'assigned').size).toBe(60))
    })
  },
  { withRedis: true },
)
