import { createClient } from 'redis'
import { expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { messagesIn } from '../src/testing/connect.ts'
import { byTheClock } from '../src/testing/test-socket.ts'
import { valueIn } from './support/metric-text.ts'
import { readForwards, until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** Texts that are no message of a server. */
const foreign: readonly (string | Buffer)[] = [
  '',
  'null',
  '[]',
  '"text"',
  '{',
  '{"from":1}',
  nested(100_000),
  `{"from":"a","n":1,"kind":"heads","data":${nested(400_000)}}`,
  'x'.repeat(10_000_000),
  JSON.stringify({ from: 'a', n: 1, kind: 'beat', data: 'x'.repeat(2_000_000) }),
  JSON.stringify({ from: 'a', n: -1, kind: 'beat', data: {} }),
  JSON.stringify({ from: 'a', n: 1.5, kind: 'beat', data: {} }),
  JSON.stringify({ from: 'a', n: 1e300, kind: 'beat', data: {} }),
  JSON.stringify({ from: 'a', n: 1, to: {}, kind: 'beat', data: {} }),
  '{"__proto__":{"from":"a","n":1,"kind":"beat","data":{}}}',
  Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
  Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
]

const toAnn = { addresses: [{ kind: 'user', workspace_id: 'demo', user_id: 'ann' }] }

/** Messages whose kind or data no server has sent. */
const wrong: readonly { kind: string; data?: unknown }[] = [
  { kind: '__proto__', data: {} },
  { kind: 'constructor', data: {} },
  { kind: 'of a newer server', data: {} },
  { kind: 'heads' },
  { kind: 'heads', data: null },
  { kind: 'heads', data: { heads: [['demo', 'room:r']] } },
  { kind: 'heads', data: { heads: [['demo', 'room:r', -1]] } },
  { kind: 'heads', data: { heads: [[{}, [], 'NaN']] } },
  { kind: 'question', data: { id: {}, question: 'here' } },
  { kind: 'answer', data: { id: 7, data: null } },
  { kind: 'spent', data: { users: [['demo\nann', -1_000]], workspaces: [] } },
  { kind: 'device', data: { workspace_id: 'demo', user_id: 'ann' } },
  { kind: 'ring', data: { workspace_id: 'demo', callId: {} } },
  { kind: 'fact', data: { to: null, fact: 'callUser', data: {} } },
  { kind: 'fact', data: { to: toAnn, fact: 'callUser', data: { signal: nested(10) } } },
  { kind: 'fact', data: { to: toAnn, fact: '__proto__', data: {} } },
  { kind: 'fact', data: { to: toAnn, fact: 'error_response', data: { message: 'forged' } } },
]

/** Messages that are well formed, and ask for nothing that there is. */
const idle: readonly { kind: string; data: unknown }[] = [
  { kind: 'heads', data: { heads: [['__proto__', '__proto__', 1]] } },
  { kind: 'heads', data: { heads: [['elsewhere', 'room:r', 5]] } },
  { kind: 'answer', data: { id: 'of no question', data: JSON.parse('{"__proto__":{"x":1}}') } },
  { kind: 'spent', data: { users: [['__proto__', 5]], workspaces: [['elsewhere', 1e300]] } },
  {
    kind: 'device',
    data: { workspace_id: 'demo', user_id: 'zoe', device_id: '__proto__', socket: 'z', heard: [] },
  },
  { kind: 'question', data: { id: 'q', question: '__proto__', data: {} } },
  { kind: 'question', data: { id: 'q', question: 'toString', data: {} } },
]

/** The store, and how often entries were read from it. */
function counted(store: Store): { store: Store; reads: () => number } {
  let reads = 0
  const entries: Store['streams']['entries'] = (...args) => {
    reads += 1
    return store.streams.entries(...args)
  }
  const streams = new Proxy(store.streams, {
    get: (target, name) => (name === 'entries' ? entries : Reflect.get(target, name)),
  })
  return { store: { ...store, streams }, reads: () => reads }
}

describeTwoServers(
  'servers whose Redis carries what is not theirs',
  (servers) => {
    it('[NB14] ignore and count it, show nobody anything, and ask the store once for a forged head', async () => {
      const url = servers.newUrl()
      const east = await servers.openOne(url, 10_000)
      const { store, reads } = counted(await mongoStore({ url, deadlineMs: 10_000 }))
      const west = await servers.openOne(url, 10_000, { store, metrics: true })
      const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
      for (const one of [ann, ben]) await one.request('join', { room: 'r' })
      const say = (message_data: string) =>
        ann.request('message_event', { room_id: 'r', message_data, cid: crypto.randomUUID() })
      await say('before')
      await until(() => expect(messagesIn(ben.frames)).toHaveLength(1))
      const before = await readForwards(ben, 'r')
      const heard = () => [...ann.frames, ...ben.frames].filter(([event]) => !byTheClock.has(event))
      const frames = heard().length

      const ids = ((await store.nodes?.list()) ?? []).map(({ id }) => id)
      const publisher = createClient({ url: servers.redis.url })
      await publisher.connect()
      onTestFinished(() => publisher.destroy())
      const channel = new URL(url).pathname
      const publish = (text: string | Buffer) => publisher.publish(channel, text)
      let n = 1e6
      const send = (message: object, from: string, number?: number) => {
        n += 1
        return publish(JSON.stringify({ from, n: number ?? n, ...message }))
      }

      for (const text of foreign) await publish(text)
      const forged = { kind: 'heads', data: { heads: [['demo', 'room:r', 9]] } }
      await Promise.all(Array.from({ length: 2_000 }, (_, each) => send(forged, `nobody ${each}`)))
      for (const from of ids) {
        for (const message of wrong) await send(message, from)
        for (const message of idle) await send(message, from)
        await send({ kind: 'beat', data: {} }, from, 3)
        await send({ kind: 'leaving', data: {} }, from)
      }
      expect(ids).toHaveLength(2)
      const readsBefore = reads()
      // The same head, from the one server that is somebody else's there.
      for (const from of ids) await send({ kind: 'heads', data: { heads: [['demo', 'room:r', 1e9]] } }, from)
      await until(() => expect(reads()).toBe(readsBefore + 1))

      await until(async () => {
        const { text = '' } = (await west.server.metrics()) ?? {}
        for (const [reason, least] of Object.entries({
          foreign: 15,
          sender: 2_000,
          kind: 3,
          data: 6,
          order: 1,
        }))
          expect(valueIn(text, 'dowellchat_bus_ignored_total', { reason }), reason).toBeGreaterThanOrEqual(
            least,
          )
      })
      expect(heard()).toHaveLength(frames)
      expect(await readForwards(ben, 'r')).toEqual(before)
      expect(({} as { x?: unknown }).x).toBeUndefined()
      // They go on as before.
      const sent = await say('after')
      await until(() => expect(messagesIn(ben.frames).at(-1)).toEqual(sent))
      await until(async () => {
        expect((await west.server.ready()).servers).toEqual({ others: 1, redis: 'connected' })
        const { text = '' } = (await west.server.metrics()) ?? {}
        expect(valueIn(text, 'dowellchat_servers_unheard')).toBe(0)
        expect(valueIn(text, 'dowellchat_servers')).toBe(2)
        expect(valueIn(text, 'dowellchat_bus_connected')).toBe(1)
        expect(valueIn(text, 'dowellchat_bus_received_total', { kind: 'heads' })).toBeGreaterThan(0)
      })
    })
  },
  { withRedis: true },
)
