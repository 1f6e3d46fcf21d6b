import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { nodeRows } from '../../tests/support/node-rows.ts'
import { until } from '../../tests/support/sockets.ts'
import { wire } from '../../tests/support/wire.ts'
import type { Logger } from '../logger.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../stores/store.ts'
import { messagesIn, openChat, type TestSocket } from '../testing/connect.ts'

/** Silent, because these tests cause failures on purpose. */
const logger: Logger = { info() {}, warn() {}, error() {} }

/** A method whose calls fail, as many as are left of these. */
function failing<Args extends unknown[], Answer>(
  failures: { left: number },
  method: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return async (...args) => {
    if (failures.left === 0) return method(...args)
    failures.left -= 1
    throw new StoreUnavailableError('late')
  }
}

/** Two servers on one store, which does not always answer who the members of a room are, nor takes every change. */
async function openServers() {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const reads = { left: 0 }
  const appends = { left: 0 }
  const answers = { left: 0 }
  const answer = failing(answers, async () => {})
  const shared: Store = {
    ...store,
    close: async () => {},
    nodes: nodeRows(),
    rooms: {
      ...store.rooms,
      memberIds: failing(reads, store.rooms.memberIds),
      async change(...args) {
        const outcome = await store.rooms.change(...args)
        await answer()
        return outcome
      },
    },
    changes: { ...store.changes, append: failing(appends, store.changes.append) },
  }
  const bus = wire()
  const open = () =>
    openChat(onTestFinished, {
      store: shared,
      bus: bus.join(),
      keyPepper: 'the pepper of both servers',
      logger,
    })
  return { east: await open(), west: await open(), reads, appends, answers }
}

async function create(socket: TestSocket, members: string[]): Promise<string> {
  return (await socket.request('create_room', { kind: 'members', members, cid: randomUUID() }))._id
}

function say(socket: TestSocket, room_id: string, message_data: string) {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

const textsOf = ({ frames }: TestSocket) => messagesIn(frames).map(({ message_data }) => message_data)

it.each([
  ['the members could not be read', 0],
  ['neither the members could be read nor the others be told', 2],
])('[NX6] ends the subscriptions of who was removed on every server where %s', async (_, lost) => {
  const { east, west, reads, appends } = await openServers()
  const ann = await east.connect('ann')
  const cats = [await east.connect('cat'), await west.connect('cat')] as const
  const bens = [await east.connect('ben'), await west.connect('ben')] as const
  // Is told that he is gone though he has not joined.
  const tab = await west.connect('dan')
  const room = await create(ann, ['ben', 'cat', 'dan'])
  for (const socket of [...cats, ...bens]) await socket.request('join', { room })

  reads.left = 1
  appends.left = lost
  expect(await ann.refusal('remove_members', { room, members: ['ben', 'dan'] })).toBe('unavailable')

  for (const socket of [...bens, tab])
    await socket.first('member_changed', ({ changes }) => changes.some(({ role }) => role === null))
  await say(cats[0], room, 'after')
  for (const socket of cats) await until(() => expect(textsOf(socket)).toEqual(['after']))
  for (const socket of bens) {
    await socket.settle()
    expect(textsOf(socket)).toEqual([])
  }
  for (const socket of cats) await socket.first('room_updated', ({ data }) => data.member_count === 2)
})

it('[NX6] ends the subscriptions of a thread that could not be looked at when its room was closed', async () => {
  const { east, west, reads } = await openServers()
  const ann = await east.connect('ann')
  const bens = [await east.connect('ben'), await west.connect('ben')]
  const room = await create(ann, ['ben'])
  const { stream, seq, _id: message_id } = await say(ann, room, 'first')
  const start = { stream, seq, message_id, cid: randomUUID() }
  const { _id: thread } = await ann.request('start_thread', start)
  for (const socket of bens) await socket.request('join_thread', { thread })

  reads.left = 1
  expect(await ann.refusal('close_room', { room })).toBe('unavailable')

  for (const socket of bens) await socket.first('member_changed', ({ changes }) => changes[0]?.role === null)
})

it('[NX6] closes an open room on the other servers as soon as they can be told', async () => {
  const { east, west, appends } = await openServers()
  const [root, eva] = [await east.connect('root', { role: 'admin' }), await east.connect('eva')]
  const [ben, page] = [await west.connect('ben'), await west.connectV2()]
  for (const socket of [ben, page]) await socket.ask('join', { room: 'r' })
  await ben.heard()
  await page.heard()

  appends.left = 2
  expect(await root.refusal('close_room', { room: 'r' })).toBe('unavailable')

  expect((await page.heard(1))[0]).toEqual(['my_response', { data: 'Room r is closing.' }])
  expect(await ben.first('room_updated')).toMatchObject({ data: { closed_at: expect.any(String) } })
  await say(eva, 'r', 'after')
  await ben.settle()
  expect(textsOf(ben)).toEqual([])
})

it.each(['remove_members', 'close_room'] as const)(
  '[NX6] ends the subscriptions of who was removed though the answer of the store was lost (%s)',
  async (event) => {
    const { east, west, answers } = await openServers()
    const ann = await east.connect('ann')
    const bens = [await east.connect('ben'), await west.connect('ben')] as const
    const room = await create(ann, ['ben'])
    for (const socket of bens) await socket.request('join', { room })

    answers.left = 1
    const asked = event === 'close_room' ? { room } : { room, members: ['ben'] }
    expect(await ann.refusal(event, asked as { room: string; members: string[] })).toBe('unavailable')
    for (const socket of bens)
      await socket.first('member_changed', ({ changes }) => changes.some(({ role }) => role === null))
  },
)
