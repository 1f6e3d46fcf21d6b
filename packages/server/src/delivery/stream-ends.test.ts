import { randomUUID } from 'node:crypto'
import { Server } from 'socket.io'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../tests/support/sockets.ts'
import { roomUnder } from '../sockets/dialects/dialect.ts'
import { followRooms } from '../sockets/heard-rooms.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { StreamKey } from '../stores/store.ts'
import type { Subscriber } from './connection.ts'
import type { Hints } from './hints.ts'
import { StreamEnds } from './stream-ends.ts'
import { Streams } from './streams.ts'

const mostUnheard = 3

const key = (stream: string): StreamKey => ({ workspace_id: 'demo', stream: `room:${stream}` })

const roomOf = (stream: string, dialect = 'v3') => roomUnder(dialect, { kind: 'stream', ...key(stream) })

const draft = (message_data: string) =>
  ({
    cid: randomUUID(),
    fingerprint: 'x',
    kind: 'text',
    message_data,
    author: 'ben',
    display_name: null,
    reply_to: null,
    client_created_at: null,
    sid: null,
  }) as const

/** The streams of a server that keeps few of those that nobody hears, and another server on its store. */
async function openStreams() {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const { adapter } = new Server().of('/')
  const shown: string[] = []
  let hint: Parameters<Hints['listen']>[0] = () => {}
  const streams = new Streams(
    store.streams,
    ({ stream }, _epoch, entries) => {
      for (const { text } of entries) shown.push(`${stream} ${JSON.parse(text).message_data}`)
      return 1
    },
    { announce() {}, listen: (listener) => (hint = listener) },
    { mostUnheard },
  )
  followRooms(adapter, {
    streams,
    threads: { unheard: async () => {} },
    listedRooms: { listed() {}, unlisted() {} },
    lineMoves: { followed() {}, unfollowed() {} },
  })
  const subscriberOf = (socket: string, dialect?: string): Subscriber => ({
    expectRoom() {},
    subscribe({ stream }) {
      void adapter.addAll(socket, new Set([roomOf(stream.slice('room:'.length), dialect)]))
      return true
    },
    unsubscribe({ stream }) {
      void adapter.del(socket, roomOf(stream.slice('room:'.length), dialect))
      return true
    },
  })
  return {
    streams,
    adapter,
    shown,
    subscriberOf,
    join: (socket: string, stream: string, { dialect = 'v3', limit = 50 } = {}) =>
      streams.join(key(stream), subscriberOf(socket, dialect), { limit }),
    /** Another server appends, and says so. */
    async elsewhere(stream: string, text: string, isSaid = true) {
      const { appended } = await store.streams.append(key(stream), [draft(text)])
      const [one] = appended
      if (one && 'placed' in one && isSaid) hint(key(stream), one.placed.seq)
    },
    /** Sends to so many rooms that nobody reads. */
    async pass(count: number) {
      for (let n = 0; n < count; n++) await streams.append(key(`passing ${n}`), draft('x'))
      await streams.settled()
    },
  }
}

it('[NS6] follows a stream as long as a socket is subscribed to it, however many others there are', async () => {
  const { streams, adapter, shown, join, elsewhere, pass } = await openStreams()
  for (const socket of ['ann', 'ben']) await join(socket, 'r')
  await join('page', 'r', { dialect: 'v2' })
  for (const one of ['a', 'b', 'c', 'd', 'e']) await join('ann', one)
  await pass(20)
  await elsewhere('r', 'first')
  await until(() => expect(shown).toContain('room:r first'))
  expect(streams.ends.head(`demo\nroom:r`, 'room:r', 0, 9)?.text).toContain('"seq":1')

  adapter.delAll('ann')
  adapter.delAll('ben')
  await pass(20)
  await elsewhere('r', 'second')
  await until(() => expect(shown).toContain('room:r second'))
  expect(streams.ends.ids()).toEqual(['demo\nroom:r'])

  // Nothing is kept for those who have gone.
  adapter.delAll('page')
  expect(streams.ends.ids()).toEqual([])
  await pass(20)
  expect(streams.ends.known('demo\nroom:r')).toBeUndefined()
})

it.each([
  ['that was let go of', 20, true],
  ['of which something was not heard meanwhile', 0, false],
])('[NS6] shows whoever comes back to a stream %s its newest page', async (_, others, isSaid) => {
  const { join, elsewhere, pass, adapter, shown } = await openStreams()
  await join('ann', 'r')
  adapter.delAll('ann')
  await pass(others)
  await elsewhere('r', 'meanwhile', isSaid)
  for (const limit of [10, 50]) {
    const { page } = await join('ann', 'r', { limit })
    expect(page.text).toContain('meanwhile')
  }
  shown.length = 0
  await elsewhere('r', 'later')
  await until(() => expect(shown).toEqual(['room:r later']))
})

it('[NS6] follows a stream that was let go of while it was joined', async () => {
  const { streams, subscriberOf, elsewhere, pass, shown } = await openStreams()
  const subscriber = subscriberOf('page', 'v2')
  await streams.follow(key('r'))
  await pass(20)
  subscriber.subscribe(key('r'))
  await streams.settled()
  await elsewhere('r', 'one')
  await until(() => expect(shown).toContain('room:r one'))
})

it('keeps as many streams that nobody hears as it may', () => {
  const ends = new StreamEnds(2)
  const kept = () => ['a', 'b', 'c', 'd', 'e'].filter((id) => ends.has(id)).join('')
  for (const id of ['a', 'b', 'c']) ends.follow(id, 1)
  expect(kept()).toBe('bc')
  ends.hear('b')
  ends.follow('d', 1)
  ends.follow('e', 1)
  expect(kept()).toBe('bde')
  expect(ends.seq('b')).toBe(1)
  ends.unhear('b')
  expect(kept()).toBe('be')
  ends.unhear('b')
  expect(ends.ids()).toEqual([])
})
