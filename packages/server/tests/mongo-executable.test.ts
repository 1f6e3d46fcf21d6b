import { randomUUID } from 'node:crypto'
import type { Ticket } from '@dowellchat/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestSocket } from '../src/testing/test-socket.ts'
import {
  type MongoServer,
  mongoKinds,
  newDatabaseUrl,
  noMongo,
  startMongoWithLogin,
} from './support/mongo.ts'
import { patientLimitsVariable } from './support/raised-limits.ts'
import { expectRefused } from './support/refusal.ts'
import { ServerProcess, startProcess } from './support/server-process.ts'
import { lineManager, message, product, room } from './support/shop-floor.ts'
import { connect, connectAs, readForwards, until } from './support/sockets.ts'
import { startProxy } from './support/tcp-proxy.ts'

const password = 'canary-4f0c2a'
const noMongodb = new URL('support/no-mongodb.mjs', import.meta.url).href

/** The configuration of the workspace `shop` with its data in MongoDB. */
function shopOn(url: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    WORKSPACES: 'shop:shop-key-with-more-than-32-letters',
    KEY_PEPPER: 'a pepper of the tests',
    MONGODB_URI: url,
    HOST: '127.0.0.1',
    PORT: '0',
    LIMITS: patientLimitsVariable,
    ...more,
  }
}

/** Everything that a member of the shop can read. */
async function everything(url: string): Promise<unknown> {
  // A line manager who connects is there from then on, which is no part of what was kept.
  const [ann, agent] = [await connectAs(url, 'ann'), await connectAs(url, 'eve', { role: 'agent' })]
  const { tickets } = await agent.request('get_tickets', {})
  const conversations = await Promise.all(
    tickets.map(({ _id }) => agent.request('get_ticket_messages', { ticket_id: _id })),
  )
  return {
    entries: await readForwards(ann, room),
    page: await ann.request('join', { room }),
    tickets,
    conversations,
    topics: await agent.request('get_all_topics', {}),
    managers: await agent.request('get_all_line_managers', {}),
  }
}

describe.skipIf(noMongo)(
  `the executable on MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`,
  () => {
    describe.each(mongoKinds)('in $kind', ({ start }) => {
      let mongo: MongoServer
      beforeAll(async () => {
        mongo = await start()
      })
      afterAll(() => mongo.stop())

      it.each(['SIGTERM', 'SIGKILL'] as const)(
        '[EX33] keeps everything over a restart after %s',
        async (signal) => {
          const env = shopOn(newDatabaseUrl(mongo))
          const server = await startProcess({ env })
          const admin = await connectAs(server.url, 'root', { role: 'admin' })
          await admin.request('create_topic', { name: product, cid: randomUUID() })
          await admin.request('create_line_manager', lineManager('mia'))
          const ann = await connectAs(server.url, 'ann')
          await ann.request('join', { room })
          const sent = message('the first')
          const first = await ann.request('message_event', sent)
          for (const n of Array(20).keys()) await ann.request('message_event', message(`${n}`))
          const [closed, open] = [await openTicket(ann), await openTicket(ann)]
          await ann.request('ticket_message_event', {
            ticket_id: open._id,
            message_data: 'Help',
            cid: randomUUID(),
          })
          await ann.request('close_ticket', { ticket_id: closed._id })
          const before = await everything(server.url)
          expect(await server.stop(signal)).toBe(signal === 'SIGTERM' ? 0 : null)

          const again = await startProcess({ env })
          expect(await everything(again.url)).toEqual(before)
          const annAgain = await connectAs(again.url, 'ann')
          expect(await annAgain.request('message_event', sent)).toEqual(first)
          expect(await annAgain.request('message_event', message('the next'))).toMatchObject({
            seq: first.seq + 21,
          })
          expect(await again.stop('SIGTERM')).toBe(0)
          expect([...server.problems, ...again.problems]).toEqual([])
        },
      )

      it('[EX34] shows what one server stores to those who ask another', async () => {
        const env = shopOn(newDatabaseUrl(mongo))
        const servers = [await startProcess({ env }), await startProcess({ env })]
        const [ann, ben] = await Promise.all(servers.map(({ url }, n) => connectAs(url, n ? 'ben' : 'ann')))
        for (const n of Array(10).keys()) await (n % 2 ? ann : ben)?.request('message_event', message(`${n}`))
        const [ofAnn, ofBen] = await Promise.all(
          [ann, ben].map((one) => readForwards(one as TestSocket, room)),
        )
        expect(ofAnn?.map(({ message_data }) => message_data)).toEqual([...Array(10).keys()].map(String))
        expect(ofBen).toEqual(ofAnn)
      })

      it('[EX35] runs the demo, for which no pepper is needed', async () => {
        const { KEY_PEPPER: _, WORKSPACES: __, ...env } = shopOn(newDatabaseUrl(mongo))
        const server = await startProcess({ env, args: ['--demo'] })
        const guest = await connect(server.url, { protocol: 1, workspace_id: 'demo', guest: true })
        // Not in the lobby, in which a demo has messages from the start.
        await guest.request('message_event', { ...message('Hello'), room_id: 'attic' })
        expect(await server.stop('SIGTERM')).toBe(0)
        const again = await startProcess({ env, args: ['--demo'] })
        const back = await connect(again.url, {
          protocol: 1,
          workspace_id: 'demo',
          api_key: 'demo-key',
          user_id: 'ann',
        })
        expect(await readForwards(back, 'attic')).toHaveLength(1)
      })

      it('[EX36] says that it is unavailable while MongoDB is, and goes on when it is back', async () => {
        const proxy = await startProxy(mongo)
        const url = new URL(newDatabaseUrl(mongo))
        url.host = `127.0.0.1:${proxy.port}`
        const server = await startProcess({ env: shopOn(url.href, { LIMITS: 'storeMs=2000' }) })
        const [ann, ben] = [await connectAs(server.url, 'ann'), await connectAs(server.url, 'ben')]
        for (const one of [ann, ben]) await one.request('join', { room })
        await ann.request('message_event', message('before'))
        await ben.untilHeard('entries')
        proxy.set('hangs')
        ben.skip()
        const lost = message('meanwhile')
        expect(await ann.ask('message_event', lost)).toMatchObject({
          status: 'failure',
          error: { code: 'unavailable', retryable: true },
        })
        expect(ben.unread).toEqual([])
        proxy.set(undefined)
        await until(async () => {
          expect(await ann.ask('message_event', lost)).toMatchObject({ status: 'success' })
        })
        const texts = (await readForwards(ben, room)).map(({ message_data }) => message_data)
        expect(texts).toEqual(['before', 'meanwhile'])
      })

      it('[EX37] is refused without the package mongodb', async () => {
        const options = { env: shopOn(newDatabaseUrl(mongo)), preload: noMongodb }
        await expectRefused(options, /the package mongodb is not installed/, /npm install mongodb@7/)
      })

      it('[EX38] is refused without a pepper that servers can share', async () => {
        const { KEY_PEPPER: _, ...env } = shopOn(newDatabaseUrl(mongo))
        await expectRefused({ env }, /KEY_PEPPER: needed with MONGODB_URI/, /set it to a secret/)
      })

      async function openTicket(client: TestSocket): Promise<Ticket> {
        return client.request('create_ticket', { product, cid: randomUUID() })
      }
    })

    describe('with users', () => {
      let mongo: MongoServer
      beforeAll(async () => {
        mongo = await startMongoWithLogin('ann', password)
      })
      afterAll(() => mongo.stop())

      it.skipIf(process.env.MONGODB_URI)(
        '[EX39] is refused with a wrong login, whose password is not shown',
        async () => {
          const env = shopOn(`mongodb://ann:not-${password}@127.0.0.1:${mongo.port}/?directConnection=true`)
          await expectRefused(
            { env },
            /MongoDB at 127\.0\.0\.1:\d+ refuses the login of ann/,
            /check user, password/,
          )
          const server = new ServerProcess({ env })
          expect(await server.exited()).toBe(1)
          expect(server.stdout + server.stderr).not.toContain(password)
        },
      )
    })
  },
)

describe('a MongoDB that is not there', () => {
  it('[EX40] is refused, whichever way it is not there', async () => {
    const nowhere = { host: '127.0.0.1', port: 1 }
    const [away, hanging] = [await startProxy(nowhere), await startProxy(nowhere)]
    hanging.set('hangs')
    const url = ({ port }: typeof away) =>
      `mongodb://ann:${password}@127.0.0.1:${port}/?directConnection=true`
    // Each waits for its deadline.
    await Promise.all([
      expectRefused(
        { env: shopOn(url(away)) },
        /MongoDB at 127\.0\.0\.1:\d+ does not answer/,
        /start it, or correct the URL/,
      ),
      expectRefused({ env: shopOn(url(hanging)) }, /does not answer/, /start it/),
      expectRefused(
        { env: shopOn('localhost') },
        /URL of MongoDB is not understood/,
        /expected mongodb:\/\//,
      ),
    ])
  })
})
