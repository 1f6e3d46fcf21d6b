import { randomUUID } from 'node:crypto'
import type { PushOf } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { redisBus } from '../src/nodes/redis-bus.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { until } from './support/sockets.ts'
import { createTickets, makeLineManager, newTicket } from './support/ticket-line.ts'
import { describeTwoServers, startProxyTo } from './support/two-servers.ts'

const deadlineMs = 30_000
const keyPepper = 'the pepper of both servers'

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

/** The tickets that a socket was told are in some state. */
function toldOf({ frames }: TestSocket, state: string): Set<string> {
  const told = frames.flatMap(([event, push]) =>
    event === 'ticket_updated' ? [(push as PushOf<'ticket_updated'>).data] : [],
  )
  return new Set(told.filter((ticket) => ticket.state === state).map(({ _id }) => _id))
}

describeTwoServers(
  'a line of two servers whose MongoDB is late or fails',
  (servers) => {
    const { newUrl, openOne } = servers

    /** A server whose MongoDB takes so long for every command about tickets, once it is told to. */
    async function openLate(url: string, lateMs: number) {
      const { proxy, url: proxied } = await startProxyTo(url)
      const chat = await openOne(proxied, 1_000)
      const isAboutTickets = (document: object) => Object.values(document)[0] === 'tickets'
      const slow = () =>
        proxy.set(({ document }) => (isAboutTickets(document) ? { delayMs: lateMs } : undefined))
      return { chat, proxy, slow, isAboutTickets }
    }

    it('[S49, LN20] tells of tickets that are given after their request was refused', async () => {
      const url = newUrl()
      const [east, west] = [await openLate(url, 400), await openOne(url, deadlineMs)]
      const admins = await withAdmins([east.chat, west], 1)
      const [admin, other] = admins
      const [, waiting] = await createTickets(other, 2)
      east.slow()
      const manager = { user_id: 'manager-1', capacity: 2 }
      expect(await admin.refusal('update_line_manager', manager)).toBe('unavailable')
      await until(() => {
        for (const one of admins) expect(toldOf(one, 'assigned')).toContain(waiting?._id)
      })
      east.proxy.set(undefined)
      const ticket = await other.request('get_ticket', { ticket_id: waiting?._id ?? '' })
      expect(ticket).toMatchObject({ line_manager: 'manager-1', state: 'assigned' })
    })

    it('[S49, LN20] tells of a ticket that was given though the answer was lost', async () => {
      const url = newUrl()
      const [east, west] = [await openLate(url, 0), await openOne(url, deadlineMs)]
      const admins = await withAdmins([east.chat, west], 1)
      const [, waiting] = await createTickets(admins[1], 2)
      let lost = 0
      east.proxy.set(({ name, document }) => {
        if (name !== 'findAndModify' || !east.isAboutTickets(document) || lost > 0) return undefined
        lost += 1
        return 'mute'
      })
      await admins[0].ask('update_line_manager', { user_id: 'manager-1', capacity: 2 })
      await until(() => {
        for (const one of admins) expect(toldOf(one, 'assigned')).toContain(waiting?._id)
      })
      expect(lost).toBe(1)
    })

    it('[S49, LN16] tells of tickets that are handed back after their request was refused', async () => {
      const url = newUrl()
      const [east, west] = [await openLate(url, 400), await openOne(url, deadlineMs)]
      const admins = await withAdmins([east.chat, west], null)
      const [, other] = admins
      const agent = await east.chat.connect('manager-1', { role: 'agent' })
      const [ticket] = await createTickets(other, 1)
      const ticket_id = ticket?._id ?? ''
      east.slow()
      expect(await agent.refusal('set_line_availability', { availability: 'offline' })).toBe('unavailable')
      await until(() => {
        for (const one of admins) expect(toldOf(one, 'waiting')).toContain(ticket_id)
      })
      east.proxy.set(undefined)
      await expect
        .poll(async () => (await other.request('get_ticket_messages', { ticket_id })).map(({ kind }) => kind))
        .toContain('handed_back')
    })

    it('[CC3] goes on at once with those that wait where only some of them could be given', async () => {
      const url = newUrl()
      const [east, west] = [await openLate(url, 0), await openOne(url, deadlineMs)]
      const [admin, other] = await withAdmins([east.chat, west], 1)
      await createTickets(other, 9)
      // Of those that each look finds, one can be given.
      let left = 0
      let failures = 0
      east.proxy.set(({ name, document }) => {
        if (!east.isAboutTickets(document)) return undefined
        if (name === 'find') left = 1
        if (name !== 'findAndModify' || left-- > 0) return undefined
        failures += 1
        return { error: { code: 50, codeName: 'MaxTimeMSExpired' } }
      })
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
      const bus = redisBus({ url: servers.redis.url, channel: new URL(url).pathname })
      const east = await openChat(onTestFinished, { store: counted, keyPepper, bus })
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
