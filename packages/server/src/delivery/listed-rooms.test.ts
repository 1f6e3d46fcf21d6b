import { randomUUID } from 'node:crypto'
import { roomStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { gate } from '../../tests/support/gate.ts'
import { nodeRows } from '../../tests/support/node-rows.ts'
import { wire } from '../../tests/support/wire.ts'
import type { Bus } from '../nodes/bus.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { mostEnds, type Store, StoreUnavailableError, type StreamStore } from '../stores/store.ts'
import { openChat, type TestSocket } from '../testing/connect.ts'
import { range } from '../testing/store-cases/making.ts'

/** A store that servers may share, some of whose methods the test replaces. */
async function openStore(replace: (streams: StreamStore) => Partial<StreamStore>): Promise<Store> {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  return { ...store, streams: { ...store.streams, ...replace(store.streams) }, close: async () => {} }
}

/** A bus that can lose a hint that a stream has grown. */
function hintLosing(bus: Bus) {
  let lose: (() => void) | undefined
  const publish = (text: string): void => {
    if (!lose || !text.includes('"heads"')) {
      bus.publish(text)
      return
    }
    lose()
    lose = undefined
  }
  const loseNext = (): Promise<void> => new Promise((resolve) => (lose = resolve))
  return { bus: { ...bus, publish }, loseNext }
}

async function create(socket: TestSocket, members: string[]): Promise<string> {
  return (await socket.request('create_room', { kind: 'members', members, cid: randomUUID() }))._id
}

function say(socket: TestSocket, room_id: string, message_data = 'Hello') {
  return socket.request('message_event', { room_id, message_data, cid: randomUUID() })
}

/** Waits until somebody was told of a message in a room of their list. */
function untilTold(socket: TestSocket, room: string, seq: number) {
  return socket.first('room_activity', ({ rooms }) =>
    rooms.some((one) => one.room === room && one.head.seq >= seq),
  )
}

/** What the store of `openTwo` does when it is asked whether the listed room has grown. */
type Asked = (answer: () => ReturnType<StreamStore['grown']>) => ReturnType<StreamStore['grown']>

/**
 * Ann on one server, Ben on another one with a room in his list and in the lobby. What the first server says can be lost, and
 * the store be slow or fail where it is asked whether the listed room has grown.
 */
async function openTwo() {
  let asked: Asked = (answer) => answer()
  let room = ''
  const store = await openStore((streams) => ({
    grown(known) {
      const isListed = known.some(({ stream }) => stream === roomStream(room))
      return isListed ? asked(() => streams.grown(known)) : streams.grown(known)
    },
  }))
  const nodes = nodeRows()
  const shared = wire()
  const { bus, loseNext } = hintLosing(shared.join())
  const options = { store: { ...store, nodes }, keyPepper: 'of both' }
  const east = await openChat(onTestFinished, { ...options, bus })
  const west = await openChat(onTestFinished, { ...options, bus: shared.join() })
  const [ann, ben] = [await east.connect('ann'), await west.connect('ben')]
  room = await create(ann, ['ben'])
  for (const socket of [ann, ben]) await socket.request('join', { room: 'lobby' })
  await ben.request('get_rooms', {})
  // Both servers hear each other.
  await say(ann, room)
  await untilTold(ben, room, 1)
  return {
    ann,
    ben,
    room,
    onAsked: (next: Asked) => (asked = next),
    /** Ann says something whose hint is lost, and then something that shows Ben's server that it has missed one. */
    async sayUnheard(to: string) {
      const lost = loseNext()
      await say(ann, to, 'unheard')
      await lost
      const { _id } = await say(ann, 'lobby', 'heard')
      await ben.first('entries', ({ entries }) => entries.some((entry) => entry._id === _id))
    },
  }
}

it('[RL26] tells of what was missed while the store was asked already', async () => {
  const { ben, room, onAsked, sayUnheard } = await openTwo()
  const [begun, released] = [gate(), gate()]
  onAsked(async (answer) => {
    const keys = await answer()
    begun.open()
    await released.opened
    return keys
  })
  await sayUnheard('elsewhere')
  await begun.opened
  await sayUnheard(room)
  released.open()
  await untilTold(ben, room, 2)
})

it('[RL26] asks a store again that could not say what was missed', async () => {
  const { ben, room, onAsked, sayUnheard } = await openTwo()
  let failures = 1
  onAsked(async (answer) => {
    failures -= 1
    if (failures >= 0) throw new StoreUnavailableError('a planted failure')
    return answer()
  })
  await sayUnheard(room)
  await untilTold(ben, room, 2)
})

it('[RL4] tells of all rooms together, also after the store has failed halfway', async () => {
  const [begun, released] = [gate(), gate()]
  let isHeld = false
  let willFail = false
  const store = await openStore((streams) => ({
    async ends(asked) {
      // Others who ask count what somebody has not read.
      const isToTell = asked.every(({ mark }) => mark === undefined)
      if (isToTell && isHeld) {
        begun.open()
        await released.opened
      } else if (isToTell && willFail && asked.length < mostEnds) {
        willFail = false
        throw new StoreUnavailableError('a planted failure')
      }
      return streams.ends(asked)
    },
  }))
  const chat = await openChat(onTestFinished, { store })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const first = await create(ann, ['ben'])
  const rooms = await Promise.all(range(0, mostEnds).map(() => create(ann, ['ben'])))
  let before: string | undefined
  for (let more = true; more; ) {
    const page = await ben.request('get_rooms', before === undefined ? {} : { before })
    before = page.rooms.at(-1)?._id
    more = page.more
  }
  isHeld = true
  await say(ann, first)
  await begun.opened
  // They wait until the first one is told, and then are told together.
  await Promise.all(rooms.map((room) => say(ann, room)))
  isHeld = false
  willFail = true
  released.open()
  const told = await ben.first('room_activity', (data) => data.rooms.length === rooms.length)
  expect(willFail).toBe(false)
  expect(told.rooms.map(({ room }) => room).toSorted()).toEqual(rooms.toSorted())
})
