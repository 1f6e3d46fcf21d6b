import { randomUUID } from 'node:crypto'
import type { Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type ChatClient, createChatClient } from '../../../packages/client/src/index.ts'
import { openSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { noMongo } from '../../../packages/server/tests/support/mongo.ts'
import { noRedis } from '../../../packages/server/tests/support/redis-process.ts'
import { shopKey } from '../drain/shop-server.ts'
import { Cluster } from './cluster.ts'
import { type Household, openHousehold } from './households.ts'
import { Nginx, type NginxOptions, noNginx } from './nginx.ts'

type Options = Partial<Parameters<typeof createChatClient>[0]>

const within = { timeout: 30_000 }
const missing = noMongo ?? noRedis ?? noNginx
const room = 'lobby'

/** Somebody with the SDK in the lobby, and what has become of the connection. */
function enter(url: string, user_id: string, options: Options = {}) {
  const client = createChatClient({ url, auth: { ...shopKey, user_id }, ...options })
  onTestFinished(() => client.close())
  const statuses = watch(client)
  client.connect()
  const lobby = client.rooms.messages(room)
  onTestFinished(lobby.retain())
  return {
    lobby,
    statuses,
    isOnline: () => client.connection.getSnapshot().status === 'online',
    isLive: () => lobby.getSnapshot().sync === 'live',
    texts: () => lobby.getSnapshot().messages.map(({ message }) => String(message.message_data)),
  }
}

function watch({ connection }: ChatClient): string[] {
  const statuses: string[] = []
  connection.subscribe(() => {
    const { status } = connection.getSnapshot()
    if (status !== statuses.at(-1)) statuses.push(status)
  })
  return statuses
}

function plain(url: string, options: object): Socket {
  const { socket } = openSocket(url, { reconnection: true, ...options }, { kept: () => undefined })
  onTestFinished(() => void socket.disconnect())
  return socket
}

async function untilAll<T>(people: readonly T[], isSo: (one: T) => boolean): Promise<void> {
  await expect.poll(() => people.filter((one) => !isSo(one)).length, within).toBe(0)
}

describe.skipIf(missing)(
  `two servers behind nginx${missing ? `, which is not here: ${missing}` : ''}`,
  () => {
    let cluster: Cluster
    beforeAll(async () => {
      cluster = await Cluster.start('source', 2)
    })
    afterAll(() => cluster?.stop())

    async function startNginx(example: NginxOptions['example']) {
      const nginx = await Nginx.start({ example, servers: cluster.ports })
      onTestFinished(() => nginx.stop())
      return nginx
    }

    async function openHouseholds(count: number, { port }: Nginx): Promise<Household[]> {
      const homes = await Promise.all(Array.from({ length: count }, (_, n) => openHousehold(n + 2, port)))
      onTestFinished(() => {
        for (const home of homes) home.close()
      })
      return homes
    }

    /** Restarts a server while everybody talks; everybody has everything in the end. */
    async function restart(people: readonly ReturnType<typeof enter>[]): Promise<void> {
      await untilAll(people, ({ isLive }) => isLive())
      const before = people[0]?.texts() ?? []
      const said: string[] = []
      const sending: Promise<unknown>[] = []
      const timer = setInterval(() => {
        const n = said.length
        said.push(`during the restart ${n}`)
        sending.push(people[n % people.length]?.lobby.send(`during the restart ${n}`) ?? Promise.reject())
      }, 50)
      onTestFinished(() => clearInterval(timer))
      expect(await cluster.end(0)).toMatchObject({ exitCode: 0, problems: [] })
      await untilAll(people, ({ isLive }) => isLive())
      await cluster.begin(0)
      clearInterval(timer)
      await Promise.all(sending)
      const expected = [...before, ...said].sort()
      for (const { texts } of people) await expect.poll(() => texts().sort(), within).toEqual(expected)
      for (const { statuses } of people) expect(statuses).not.toContain('refused')
    }

    it('[DP1] sticky sessions keep clients of all kinds at one server each, from many addresses', async () => {
      const nginx = await startNginx('sticky.conf')
      const homes = await openHouseholds(24, nginx)
      const people = homes.map(({ url }, n) => enter(url, `sdk ${n}`))
      const polling = homes.map(({ url }, n) => {
        const auth = { protocol: 1, device_id: randomUUID(), ...shopKey, user_id: `plain ${n}` }
        return plain(url, { transports: ['polling'], auth })
      })
      // V2's pages say nothing of themselves, and begin by polling.
      const pages = homes.map(({ url }) => plain(url, {}))
      const heard: unknown[] = []
      for (const page of pages) page.on('my_response', ({ data }: { data: unknown }) => heard.push(data))
      await untilAll([...polling, ...pages], ({ connected }) => connected)
      await untilAll(people, ({ isLive }) => isLive())
      for (const page of pages) page.emit('join', { room })
      await expect
        .poll(() => heard.filter((data) => String(data).includes('joined')).length, within)
        .toBeGreaterThan(0)

      await people[0]?.lobby.send('Good morning')
      await untilAll(people, ({ texts }) => texts().join() === 'Good morning')
      const page = await polling[0]?.emitWithAck('join', { room })
      expect(page).toMatchObject({ status: 'success', data: { entries: [{ message_data: 'Good morning' }] } })
      pages[0]?.emit('message_event', { room_id: room, message_data: 'From V2', author: 'Ann' })
      await expect
        .poll(() => heard.filter((data) => JSON.stringify(data).includes('From V2')).length, within)
        .toBe(24)

      const asked = nginx.passed.filter(({ uri }) => uri.startsWith('/socket.io/'))
      expect(asked.filter(({ status }) => /^[45]/.test(status))).toEqual([])
      const serversOf = homes.map(
        ({ address }) => new Set(asked.flatMap(({ client, servers }) => (client === address ? servers : []))),
      )
      expect(serversOf.map(({ size }) => size)).toEqual(homes.map(() => 1))
      expect(new Set(serversOf.flatMap((servers) => [...servers]))).toEqual(new Set(cluster.ports))
    })

    it('[DP2, DP3] without sticky sessions all clients with WebSockets alone come in, stay, and move', async () => {
      const { url } = await startNginx('websocket-only.conf')
      const people = Array.from({ length: 6 }, (_, n) =>
        enter(url, `sdk ${n}`, { transports: ['websocket'] }),
      )
      await untilAll(people, ({ isLive }) => isLive())
      await people[0]?.lobby.send('Good afternoon')
      await untilAll(people, ({ texts }) => texts().includes('Good afternoon'))
      for (const { statuses } of people) expect(statuses).toEqual(['connecting', 'online'])
      await restart(people)
    })

    it('[DP3, TR12] without sticky sessions the SDK finds out by itself that it needs WebSockets', async () => {
      const nginx = await startNginx('websocket-only.conf')
      const people = Array.from({ length: 6 }, (_, n) => enter(nginx.url, `sdk ${n}`))
      await untilAll(people, ({ isLive }) => isLive())
      await people[0]?.lobby.send('Good night')
      await untilAll(people, ({ texts }) => texts().includes('Good night'))
      expect(nginx.passed.filter(({ status }) => status === '400').length).toBeGreaterThan(0)
    })
  },
)
