import { randomUUID } from 'node:crypto'
import { isMessage } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { messagesIn, openChat } from '../../testing/connect.ts'

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

it('[MS1, H65] stores a message under the name of the session, whatever its payload says', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann', { name: 'Ann' }), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  const cid = randomUUID()
  const claims = {
    author: 'bob',
    user_id: 'bob',
    display_name: 'Bob',
    name: 'Bob',
    side: 'left',
    sid: bob.id,
    api_key: 'mine',
  }
  const more = {
    _id: 'x',
    seq: 99,
    nth: 99,
    kind: 'closed',
    type: 'system',
    created_at: '9999-01-01T00:00:00.000Z',
  }

  const answer = await ann.ask('message_event', {
    room_id: 'r',
    message_data: ' hi ',
    cid,
    ...claims,
    ...more,
  })

  expect(answer).toEqual({
    status: 'success',
    operation: 'message_event',
    data: {
      _id: expect.stringMatching(uuid),
      stream: 'room:r',
      seq: 1,
      nth: 1,
      type: 'message',
      kind: 'text',
      cid,
      message_data: ' hi ',
      author: 'ann',
      display_name: 'Ann',
      reply_to: null,
      created_at: expect.stringMatching(time),
      client_created_at: null,
    },
  })
  const entry = (await bob.heard(1))[0]
  expect(entry).toEqual([
    'entries',
    { stream: 'room:r', epoch: expect.stringMatching(uuid), entries: [answer.data] },
  ])
})

it('[MS1] gives a message no display name where its author has none', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const sent = await ann.request('message_event', { room_id: 'r', message_data: 'hi', cid: randomUUID() })
  expect(sent).toMatchObject({ author: 'ann', display_name: null })
})

it('[MS1] shows a V2 page under the name in its payload only where its session has none', async () => {
  const chat = await openChat(onTestFinished)
  const identity = { workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' }
  const [named, unnamed] = [
    await chat.connectV2({ ...identity, name: 'Ann' }),
    await chat.connectV2(identity),
  ]
  const claims = { room_id: 'r', message_data: 'hi', author: 'Bob' }
  expect(await named.ask('message_event', claims)).toMatchObject({
    data: { author: 'ann', display_name: 'Ann' },
  })
  expect(await unnamed.ask('message_event', claims)).toMatchObject({
    data: { author: 'ann', display_name: 'Bob' },
  })
})

it('[DI3] acknowledges a message before its sender hears it', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  await ann.request('join', { room: 'r' })
  const order: string[] = []
  ann.socket.onAny((event) => order.push(event))
  for (let n = 0; n < 20; n++) {
    const cid = randomUUID()
    ann.emit('message_event', { room_id: 'r', message_data: 'hi', cid }, () => order.push('answer'))
    await ann.first('entries', ({ entries }) => entries.some((one) => isMessage(one) && one.cid === cid))
  }
  expect(order).toEqual(Array.from({ length: 20 }, () => ['answer', 'entries']).flat())
})

it('[DI2] is silent about a message that nobody asked an answer for', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  ann.emit('message_event', { room_id: 'r', message_data: 'hi', cid: randomUUID() })
  expect(await ann.heard()).toEqual([])
  expect(await ann.request('join', { room: 'r' })).toMatchObject({ head: { seq: 1 } })
})

it('[ST7] answers a repeated cid with the same message, which nobody hears twice', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, phone, bob] = [await chat.connect('ann'), await chat.connect('ann'), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  const message = { room_id: 'r', message_data: 'once', cid: randomUUID() }

  const first = await ann.request('message_event', message)
  const again = await ann.request('message_event', { ...message, client_created_at: '2024-01-01T00:00:00Z' })
  const elsewhere = await phone.request('message_event', message)

  expect([again, elsewhere]).toEqual([first, first])
  expect(messagesIn(await bob.heard(1))).toEqual([first])
})

it('[ST7] stores one message of many tries at once', async () => {
  const chat = await openChat(onTestFinished)
  const devices = await Promise.all([1, 2, 3, 4].map(() => chat.connect('ann')))
  const bob = await chat.connect('bob')
  await bob.request('join', { room: 'r' })
  const message = { room_id: 'r', message_data: 'once', cid: randomUUID() }
  const tries = devices.flatMap((device) => [1, 2, 3].map(() => device.request('message_event', message)))

  const [first, ...others] = await Promise.all(tries)

  for (const other of others) expect(other).toEqual(first)
  expect(messagesIn(await bob.heard(1))).toEqual([first])
})

it('[ST7] refuses another message under the same cid', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  const message = { room_id: 'r', message_data: 'one', cid: randomUUID() }
  const first = await ann.request('message_event', message)

  expect(await ann.refusal('message_event', { ...message, message_data: 'two' })).toBe('conflict')
  expect(await ann.refusal('message_event', { ...message, reply_to: first._id })).toBe('conflict')
  const atOnce = randomUUID()
  const answers = await Promise.all(
    ['one', 'two'].map((message_data) => ann.ask('message_event', { ...message, message_data, cid: atOnce })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual(['failure', 'success'])
  expect(messagesIn(await bob.heard(2))).toHaveLength(2)
})

it("[ST7] takes somebody else's cid, and the same cid in another room, for a message of its own", async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  const message = { room_id: 'r', message_data: 'mine', cid: randomUUID() }
  const first = await ann.request('message_event', message)
  const others = [
    await bob.request('message_event', message),
    await ann.request('message_event', { ...message, room_id: 'q', message_data: 'other' }),
  ]
  expect(others).toMatchObject([
    { author: 'bob', seq: 2 },
    { author: 'ann', stream: 'room:q', seq: 1 },
  ])
  expect(new Set([first, ...others].map(({ _id }) => _id)).size).toBe(3)
})

// H53, H55, H57, H58: texts are neither changed nor interpreted.
const texts = [
  'x',
  '\u202eright to left',
  'a\u200bb\u200dc',
  '👩‍👩‍👧‍👦 🇦🇹',
  `Z${'\u0301'.repeat(500)}`,
  'İß\uffff\u{10ffff}\ufeff',
  '<img src=x onerror=alert(1)></script>{{7*7}}',
  '=cmd|calc\r\nHTTP/1.1 200\u001b[2J\u2028',
  '{"then":1,"toJSON":2}',
  'bell \u0001\u0007\u009f\t',
  'e\u0301 and \u00e9',
  '🦄'.repeat(16_000),
  `${'a'.repeat(15_999)}!`,
]

it('[CT9, H54, H55] keeps texts byte for byte', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  await bob.request('join', { room: 'r' })
  for (const message_data of texts) {
    const sent = await ann.request('message_event', { room_id: 'r', message_data, cid: randomUUID() })
    expect(sent.message_data).toBe(message_data)
  }
  expect(messagesIn(await bob.heard()).map(({ message_data }) => message_data)).toEqual(texts)
  const { entries } = await bob.request('get_messages', { stream: 'room:r', before: 1_000 })
  expect(entries.filter(isMessage).map(({ message_data }) => message_data)).toEqual(texts)
})

it('[CT11] keeps what a client says about time as a claim, which sorts nothing', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const claims: [unknown, string | null][] = [
    ['2099-01-01T00:00:00Z', '2099-01-01T00:00:00Z'],
    ['1999-01-01T00:00:00.000Z', '1999-01-01T00:00:00.000Z'],
    ['yesterday', null],
    ['2024-02-30T00:00:00Z', null],
    [-1, null],
    [1e300, null],
    [{}, null],
    [null, null],
  ]
  for (const [client_created_at, kept] of claims) {
    const message = { room_id: 'r', message_data: 'hi', cid: randomUUID(), client_created_at }
    expect(await ann.ask('message_event', message)).toMatchObject({
      status: 'success',
      data: { client_created_at: kept },
    })
  }
  const { entries } = await ann.request('join', { room: 'r' })
  const times = entries.filter(isMessage).map(({ client_created_at }) => client_created_at)
  expect(times).toEqual(claims.map(([, kept]) => kept))
})
