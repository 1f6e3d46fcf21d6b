import { randomUUID } from 'node:crypto'
import type { PushOf } from '@dowellchat/protocol'
import { expect, it, vi } from 'vitest'
import type { TestSocket } from '../src/testing/connect.ts'
import { Reading } from '../src/testing/draft-reader.ts'
import { patientLimitsVariable } from './support/raised-limits.ts'
import { shop, startProcess } from './support/server-process.ts'
import { connectAs, until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'

const storeMs = 10_000
const stream = 'room:lobby'
const draftMs = 8_000
const agent = { role: 'agent' } as const

const pushesOf = ({ frames }: TestSocket) =>
  frames.flatMap(([event, data]) => (event === 'message_draft' ? [data as PushOf<'message_draft'>] : []))

const write = (to: TestSocket, cid: string, from: number, text: string) =>
  to.request('draft_message', { stream, cid, from, text })

describeTwoServers(
  'drafts on two servers',
  (servers) => {
    it('[PG1, PG3, PG6, PG7, PG9] reach the readers of both, also when their author changes servers', async () => {
      const [east, west] = await servers.open(servers.newUrl(), storeMs, { limits: { draftMs } })
      const [program, ann] = [await east.connect('bot', agent), await west.connect('ann')]
      await ann.request('join', { room: 'lobby' })
      const cid = randomUUID()
      await write(program, cid, 0, 'Well, ')
      await write(program, cid, 6, 'it is')
      const reading = new Reading(ann)
      await vi.waitFor(() => expect(reading.textOf(cid)).toBe('Well, it is'), 20_000)
      const [ben, cem] = [await west.connect('ben'), await west.connect('cem')]
      for (const one of [ben, cem]) await one.request('join', { room: 'lobby' })
      // Two who ask at once.
      const [{ drafts }, also] = await Promise.all([
        ben.request('get_drafts', { stream }),
        cem.request('get_drafts', { stream }),
      ])
      expect(drafts).toMatchObject([{ cid, author: 'bot', text: 'Well, it is' }])
      expect(also.drafts).toEqual(drafts)
      await ann.request('stop_draft', { stream, cid })
      expect(await program.first('draft_stop')).toEqual({ stream, cid, user_id: 'ann' })

      program.socket.disconnect()
      const moved = await west.connect('bot', agent)
      expect(await moved.refusal('draft_message', { stream, cid, from: 11, text: ' so' })).toBe('conflict')
      await write(moved, cid, 0, 'Well, it is so')
      await vi.waitFor(() => expect(reading.textOf(cid)).toBe('Well, it is so'), 20_000)
      // The first server keeps it no more, and so does not say that it is over.
      for (let n = 0; n < 6; n++) {
        await new Promise((resolve) => setTimeout(resolve, draftMs / 4))
        await write(moved, cid, 14 + n, 'o')
      }
      await vi.waitFor(() => expect(reading.textOf(cid)).toBe('Well, it is soooooooo'.slice(0, 20)), 20_000)
      expect(pushesOf(ann).some(({ is_over }) => is_over)).toBe(false)
      expect((await ben.request('get_drafts', { stream })).drafts).toHaveLength(1)

      // Its message comes by the other server.
      const back = await east.connect('bot', agent)
      await back.request('message_event', { room_id: 'lobby', message_data: 'Well, it is so', cid })
      await ann.first('entries')
      expect((await ben.request('get_drafts', { stream })).drafts).toEqual([])
      await ann.settle()
      expect(pushesOf(ann).some(({ is_over }) => is_over)).toBe(false)
    })

    it('[PG3, PG9] are over for all when their author ends them on the other server', async () => {
      const [east, west] = await servers.open(servers.newUrl(), storeMs)
      const [program, ann] = [await east.connect('bot', agent), await west.connect('ann')]
      await ann.request('join', { room: 'lobby' })
      const cid = randomUUID()
      await write(program, cid, 0, 'Well')
      await ann.first('message_draft')
      const moved = await west.connect('bot', agent)
      await moved.request('end_draft', { stream, cid })
      await ann.first('message_draft', ({ is_over }) => is_over)
      await vi.waitFor(
        async () => expect((await ann.request('get_drafts', { stream })).drafts).toEqual([]),
        20_000,
      )
      expect(await program.refusal('draft_message', { stream, cid, from: 4, text: '!' })).toBe('conflict')
    })

    it('[PG9] go on at the other server when theirs is killed, and readers miss nothing of them', async () => {
      const more = { MONGODB_URI: servers.newUrl(), REDIS_URL: servers.redis.url }
      const env = { ...shop('', more), LIMITS: patientLimitsVariable }
      const [east, west] = await Promise.all([startProcess({ env }), startProcess({ env })])
      // What is said before they know each other is lost, and drafts are kept nowhere.
      for (const { url } of [east, west])
        await until(async () => {
          const ready = (await (await fetch(`${url}/ready`)).json()) as { servers: unknown }
          expect(ready.servers).toEqual({ others: 1, redis: 'connected' })
        })
      const connect = (server: { url: string }, name: string) =>
        connectAs(server.url, name, { role: 'agent', device_id: randomUUID() })
      const [program, ann] = [await connect(east, 'bot'), await connect(west, 'ann')]
      await ann.request('join', { room: 'lobby' })
      const cid = randomUUID()
      await write(program, cid, 0, 'Well, ')
      const reading = new Reading(ann)
      await vi.waitFor(() => expect(reading.textOf(cid)).toBe('Well, '), 20_000)
      await east.stop('SIGKILL')
      const moved = await connect(west, 'bot')
      await write(moved, cid, 0, 'Well, it is')
      await vi.waitFor(() => expect(reading.textOf(cid)).toBe('Well, it is'), 20_000)
      const ben = await connect(west, 'ben')
      await ben.request('join', { room: 'lobby' })
      expect((await ben.request('get_drafts', { stream })).drafts).toMatchObject([{ text: 'Well, it is' }])
      await moved.request('message_event', { room_id: 'lobby', message_data: 'Well, it is', cid })
      await ann.first('entries')
      expect((await ben.request('get_drafts', { stream })).drafts).toEqual([])
    })
  },
  { withRedis: true },
)
