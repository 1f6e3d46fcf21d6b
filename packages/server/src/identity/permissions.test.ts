import { randomUUID } from 'node:crypto'
import { type RequestName, requests, type Session } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../testing/connect.ts'
import { plainSession } from './identity.ts'
import { allowedRequests, isAllowedRoom, permissions, permit, rightOf } from './permissions.ts'

const ann = plainSession({
  workspace_id: 'demo',
  user_id: 'ann',
  role: 'customer',
  name: null,
  device_id: 'one',
})
const none = { kind: 'none' } as const

it('[PE1] has a row for each request, in which an admin may do what an agent may, and an agent what a customer may', () => {
  const order = ['none', 'own', 'all']
  expect(Object.keys(permissions).sort()).toEqual(Object.keys(requests).sort())
  for (const [name, { customer, guest, agent, admin }] of Object.entries(permissions)) {
    const rights = [guest, customer, agent, admin].map((right) => order.indexOf(right))
    expect(rights, name).toEqual([...rights].sort())
  }
})

it('[PE2] tells a client in `hello` which requests it may use, and refuses the others with `forbidden`', async () => {
  const chat = await openChat(onTestFinished)
  const lacking = ['create_upload', 'finish_upload', 'cancel_upload', 'get_attachment_url', 'search']
  for (const role of ['customer', 'agent', 'admin'] as const) {
    const socket = await chat.connect('ann', { role })
    const { can } = await socket.first('hello')
    const credential = { kind: 'server_key', key_id: 'one', scopes: [] } as const
    const allowed = allowedRequests({ session: { ...ann, role }, credential })
    expect(can).toEqual(allowed.filter((name) => !lacking.includes(name)))
    const answer = await socket.ask('create_topic', { name: randomUUID(), cid: randomUUID() })
    const expected = can.includes('create_topic') ? { status: 'success' } : { error: { code: 'forbidden' } }
    expect(answer).toMatchObject(expected)
  }
})

it.each([
  [['orders-*'], ['orders-1', 'orders-'], ['orders', 'other', 'Orders-1']],
  [
    ['a', 'b-*'],
    ['a', 'b-c'],
    ['ab', 'b', 'a-b-'],
  ],
  [['*'], ['anything'], []],
  [[], [], ['anything']],
  [['o*s'], ['o*s'], ['orders']],
])('[PE3] limits a session to rooms by patterns: %j', (rooms, allowed, refused) => {
  const session = { ...ann, rooms }
  for (const room of [...allowed, '~members']) expect(isAllowedRoom(room, session)).toBe(true)
  for (const room of refused) expect(isAllowedRoom(room, session)).toBe(false)
})

it.each<[RequestName, object]>([
  ['join', { room: 'other' }],
  ['message_event', { room_id: 'other' }],
  ['get_messages', { stream: 'room:other' }],
  ['get_entries', { stream: 'room:other' }],
])('[PE3] limits %s to the rooms of the session', (name, payload) => {
  const identity = { session: { ...ann, rooms: ['orders-*'] }, credential: none }
  expect(() => permit(name, payload, identity)).toThrow('Room other is not for this session')
  expect(permit(name, payload, { ...identity, session: ann })).toBe(rightOf(name, ann))
})

it('[PE4] asks `authorize` before each request; it narrows, and cannot allow more', async () => {
  const asked: [Session, RequestName, unknown][] = []
  const chat = await openChat(onTestFinished, {
    authorize(session, request, payload) {
      // The test's sockets leave a room to learn that nothing more arrives.
      if (request !== 'leave') asked.push([session, request, payload])
      return session.user_id !== 'eve'
    },
  })
  const [ann, eve] = [await chat.connect('ann'), await chat.connect('eve')]
  await ann.request('join', { room: 'r' })
  expect(await eve.refusal('join', { room: 'r' })).toBe('forbidden')
  expect(await ann.refusal('create_topic', { name: 'mine', cid: randomUUID() })).toBe('forbidden')
  expect(asked.map(([session, request, payload]) => [session.user_id, request, payload])).toEqual([
    ['ann', 'join', { room: 'r' }],
    ['eve', 'join', { room: 'r' }],
  ])
})
