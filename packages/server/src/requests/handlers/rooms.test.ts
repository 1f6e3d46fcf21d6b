import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { messagesIn, openChat } from '../../testing/connect.ts'

const open = { workspace_id: 'demo', api_key: 'demo-key' }

it('[RM1, ST1] makes a room by joining it', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')

  const page = await ann.request('join', { room: 'new' })

  const head = { seq: 0, nth: 0, id: null }
  expect(page).toEqual({
    stream: 'room:new',
    epoch: page.epoch,
    head,
    first_seq: 1,
    entries: [],
    more: false,
  })
  expect(await ann.request('join', { room: 'new' })).toEqual(page)
  expect(await ann.heard()).toEqual([])
})

it('[RM1] makes a room by sending into it, without being in it', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]

  const sent = await ann.request('message_event', {
    room_id: 'new',
    message_data: 'first',
    cid: randomUUID(),
  })

  expect(await ann.heard()).toEqual([])
  expect(await bob.request('join', { room: 'new' })).toMatchObject({
    head: { seq: 1, nth: 1, id: sent._id },
    entries: [sent],
  })
})

it('[RM1] lets a socket hear a room from joining it until leaving it', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  const say = (message_data: string) =>
    ann.request('message_event', { room_id: 'r', message_data, cid: randomUUID() })

  const before = await say('before')
  const { entries } = await bob.request('join', { room: 'r' })
  const during = await say('during')
  expect(messagesIn(await bob.heard(1))).toEqual([during])
  expect(await bob.request('leave', { room: 'r' })).toEqual({ room: 'r' })
  await say('after')

  expect(entries).toEqual([before])
  expect(await bob.heard()).toEqual([])
})

it('[RM1] lets a socket leave a room that it is not in', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
  await page.ask('join', { room: 'r' })
  expect(await ann.request('leave', { room: 'r' })).toEqual({ room: 'r' })
  expect(await page.heard()).toEqual([])
})

it.each(['current', 'v2'] as const)(
  '[RM1] gives nothing of a %s socket or user to a room of the same name',
  async (dialect) => {
    const chat = await openChat(onTestFinished)
    const victim =
      dialect === 'v2' ? await chat.connectV2({ ...open, user_id: 'victim' }) : await chat.connect('victim')
    const caller = await chat.connect('caller', { role: 'admin' })
    const eve = [await chat.connect('eve'), await chat.connectV2()]
    for (const socket of eve) {
      for (const room of [victim.id, 'victim', caller.id, 'caller']) await socket.ask('join', { room })
    }
    for (const socket of eve) await socket.heard()

    for (const userToCall of [victim.id, 'victim']) {
      const { callId } = await caller.request('callUser', {
        userToCall,
        signalData: 'ring',
        cid: randomUUID(),
      })
      await caller.request('endCall', { callId })
    }

    expect((await victim.heard(4)).map(([event]) => event)).toEqual([
      'callUser',
      'callEnded',
      'callUser',
      'callEnded',
    ])
    for (const socket of eve) expect(await socket.heard()).toEqual([])
  },
)

it("[RM1] gives a room's messages to nobody who is named like it", async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob, page] = [
    await chat.connect('ann'),
    await chat.connect('bob'),
    await chat.connectV2({ ...open, user_id: 'p' }),
  ]
  for (const room_id of [bob.id, 'bob', page.id, 'p', '__proto__', 'constructor']) {
    await ann.request('message_event', { room_id, message_data: 'psst', cid: randomUUID() })
    expect(await ann.request('join', { room: room_id })).toMatchObject({
      head: { seq: 1 },
      stream: `room:${room_id}`,
    })
  }
  expect(await bob.heard()).toEqual([])
  expect(await page.heard()).toEqual([])
})

it("[RM2] tells a room's V2 sockets, and nobody else, who comes and goes", async () => {
  const chat = await openChat(onTestFinished)
  const [page, listener, stranger] = [
    await chat.connectV2(),
    await chat.connect('listener'),
    await chat.connectV2(),
  ]
  await page.ask('join', { room: 'r' })
  await listener.request('join', { room: 'r' })
  await page.heard(1)
  const joined = (who: string) => ['my_response', { data: `${who} joined r`, count: 0 }]
  const left = ['my_response', { data: 'Left room: r' }]

  const named = await chat.connect('u1', { name: 'Ann' })
  const unnamed = await chat.connect('u2')
  const nobody = await chat.connectV2()
  for (const socket of [named, unnamed, nobody]) {
    await socket.ask('join', { room: 'r' })
    await socket.ask('join', { room: 'r' })
  }
  expect(await page.heard(3)).toEqual([joined('Ann'), joined('u2'), joined(nobody.id)])

  for (const socket of [named, unnamed, nobody]) {
    await socket.ask('leave', { room: 'r' })
    await socket.ask('leave', { room: 'r' })
  }
  expect(await page.heard(3)).toEqual([left, left, left])
  for (const socket of [listener, stranger, named, unnamed]) expect(await socket.heard()).toEqual([])
})
