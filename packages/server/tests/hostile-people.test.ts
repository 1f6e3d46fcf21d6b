import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defaultLimits } from '../src/limits.ts'
import { type Frame, openChat, type TestSocket } from '../src/testing/connect.ts'
import { flood, message, withLimits } from './support/attacks.ts'
import { expectUnharmed, openScene } from './support/hostile-scene.ts'
import { callTo, openPhones, ring } from './support/phones.ts'
import { connectRaw } from './support/raw-socket.ts'

it.each(['/__proto__', '/constructor', '/admin', '/socket.io', '/x?token=y', '/'.repeat(1_000)])(
  '[HO5] is no namespace, and whoever sends to it has their connection closed: %.20s',
  async (name) => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    raw.send(`40${name},{"isAdmin":true}`, '4220["leave",{"room":"r"}]')
    expect(await raw.first('4320')).toContain('"status":"success"')
    expect(await raw.first('44')).toContain('"message":"Invalid namespace"')
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
    raw.send(`42${name},["message_event",{"room_id":"r"}]`)
    await raw.closed()
    expect(here.asked.filter((method) => method !== 'calls.listOpen')).toEqual([])
    await expectUnharmed(here)
  },
)

describe('somebody who knows what another has been told', () => {
  it('[HO6] reads nothing with their positions, and ends nothing of theirs with their devices', async () => {
    const chat = await openChat(onTestFinished)
    const device = { device_id: randomUUID() }
    const ann = await chat.connect('ann', device)
    await ann.request('create_room', { kind: 'members', members: ['bob'], cid: randomUUID() })
    const { rooms } = await ann.request('get_rooms', {})
    const room = rooms[0]?._id ?? ''
    await ann.request('message_event', message(room, 'for the two of us'))
    const { epoch, head } = await ann.request('join', { room })
    const position = { epoch, seq: head.seq - 1, id: null }
    ann.skip()
    // An ordinary socket of somebody else, whatever it says of its device.
    const eve = await chat.connect('eve', device)
    expect(await eve.refusal('join', { room, position })).toBe('not_found')
    expect(await eve.refusal('get_entries', { stream: `room:${room}`, position })).toBe('not_found')
    eve.socket.disconnect()
    expect(await ann.heard()).toEqual([])
    const again = await chat.connect('ann')
    await again.request('join', { room })
    await again.request('message_event', message(room, 'from the other tab'))
    expect(await ann.heard(1)).toHaveLength(1)
  })
})

describe('a call', () => {
  /** Numbers that are the same in each run. */
  const steps = Array.from({ length: 240 }, (_, at) => (at * 7_919 + 104_729) % 1_009)

  it('[HO7] ends once, and rings nobody for ever, while both ends come, go and do everything at once', async () => {
    const { chat, ann, bob } = await openPhones('ann', 'bob')
    const people: { name: string; socket: TestSocket }[] = [
      { name: 'ann', socket: ann },
      { name: 'bob', socket: bob },
    ]
    const calls: string[] = []
    const act = async (step: number): Promise<void> => {
      const me = people[step % 2] as (typeof people)[number]
      const other = people[1 - (step % 2)] as (typeof people)[number]
      const callId = calls.at(-1 - (step % 3)) ?? randomUUID()
      const { socket } = me
      switch (step % 7) {
        case 0:
          socket.socket.disconnect()
          me.socket = await chat.connect(me.name)
          return
        case 1:
          return socket.emit('answerCall', { callId, signal: 'x' })
        case 2:
          return socket.emit('endCall', { callId })
        case 3:
          return socket.emit('join', { room: 'r' })
        case 4:
          return socket.emit('leave', { room: 'r' })
        default: {
          const answered = await socket.ask('callUser', callTo(other.name))
          if (answered.status === 'success') calls.push((answered.data as { callId: string }).callId)
        }
      }
    }
    for (const step of steps) await act(step)
    expect(calls.length).toBeGreaterThan(10)
    for (const { socket } of people) await socket.heard()
    for (const socket of chat.sockets) {
      const ends = socket.frames.filter(([event]) => event === 'callEnded').map(callOf)
      expect(ends).toEqual([...new Set(ends)])
    }
    for (const { socket } of people) socket.socket.disconnect()
    const [ann2, bob2] = [await chat.connect('ann'), await chat.connect('bob')]
    expect(await bob2.heard()).toEqual([])
    const callId = await ring(ann2, 'bob')
    expect((await bob2.heard(1)).map(callOf)).toEqual([callId])
  })

  function callOf([, data]: Frame): string {
    return (data as { callId: string }).callId
  }
})

describe('fifty sockets of one user', () => {
  it('[HO8] store together what one user may, however fast each of them sends', async () => {
    const chat = await openChat(onTestFinished, withLimits())
    const began = performance.now()
    const sockets = await Promise.all(Array.from({ length: 50 }, () => chat.connect('eve')))
    const ann = await chat.connect('ann')
    await Promise.all(sockets.map((socket) => flood(socket, 'message_event', () => message('flooded'), 400)))
    for (const socket of sockets) if (socket.socket.connected) await socket.ask('leave', { room: 'r' })
    const { head } = await ann.request('join', { room: 'flooded' })
    const seconds = Math.ceil((performance.now() - began) / 1_000)
    const { userPoints, userPointsPerSecond } = defaultLimits
    expect(head.seq).toBeGreaterThan(0)
    expect(head.seq).toBeLessThanOrEqual(userPoints + userPointsPerSecond * seconds)
    await ann.request('message_event', message('calm'))
  })
})
