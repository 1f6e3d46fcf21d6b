import { randomUUID } from 'node:crypto'
import { isMessage } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { type Auth, openChat } from '../src/testing/connect.ts'

const key = { workspace_id: 'demo', api_key: 'demo-key' }
const cafe = 'caf\u00e9'
/** Other texts that look like `cafe`. */
const alike = [
  'cafe\u0301',
  ` ${cafe} `,
  `${cafe}\u2800`,
  `ca\u00adf\u00e9`,
  `${cafe}\u{e0041}`,
  `\ufe0f${cafe}\u3164`,
]

it.each<[string, unknown, string | null]>([
  ['is empty', '', null],
  ['is null', null, null],
  ['is no text', { first: 'Ann' }, null],
  ['is only a mark of direction', '\u200f', null],
  ['has a mark of direction', '\u200fאנה', 'אנה'],
  ['has a tab', 'Ann\tLee', 'Ann Lee'],
  ['has 129 characters', 'x'.repeat(129), 'x'.repeat(128)],
])('[NA3] admits somebody whose name %s, on both dialects', async (_what, name, shown) => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann', { name })
  expect(ann.frames[0]).toMatchObject(['hello', { name: shown }])
  const page = await chat.connectV2({ ...key, user_id: 'bob', name })
  await ann.request('join', { room: 'r' })
  page.emit('message_event', { room_id: 'r', message_data: 'hi', author: name })
  const { entries } = await ann.first('entries')
  expect(entries).toMatchObject([{ author: 'bob', display_name: shown }])
})

it('[NA3] takes any author of a V2 message, and shows it cleaned', async () => {
  const chat = await openChat(onTestFinished)
  const [page, ann] = [await chat.connectV2(), await chat.connect('ann')]
  const authors = [
    ['Bob\u2800\t', 'Bob'],
    ['x'.repeat(500), 'x'.repeat(128)],
    [{ a: 1 }, null],
    ['\u202e', null],
  ]
  for (const [author] of authors) page.emit('message_event', { room_id: 'r', message_data: 'hi', author })
  await page.settle()
  const { entries } = await ann.request('join', { room: 'r' })
  expect(entries.filter(isMessage).map(({ display_name }) => display_name)).toEqual(
    authors.map(([, shown]) => shown),
  )
})

it('[NA2] refuses a user id that is not normal, and changes none, on both dialects', async () => {
  const chat = await openChat(onTestFinished)
  for (const user_id of [
    'bob ',
    'bob\u2800',
    'bob\u00ad',
    'bob\u200b',
    '\u202ebob',
    'cafe\u0301',
    '\u3164',
  ]) {
    for (const dialect of [{ protocol: 1 }, {}] as Auth[]) {
      const [frame] = await chat.open({ ...dialect, ...key, user_id }).heard(1)
      expect(frame).toMatchObject(['connect_error', { code: 'unauthenticated', message: /^user_id: / }])
    }
  }
  const ann = await chat.connect(cafe)
  expect(ann.frames[0]).toMatchObject(['hello', { user_id: cafe }])
})

it('[NA6] sends V2 pages to one room by all names that look the same', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  await ann.request('join', { room: cafe })
  for (const room of alike) {
    const page = await chat.connectV2()
    page.emit('join', { room })
    page.emit('message_event', { room_id: room, message_data: `from ${room}` })
    await page.settle()
    await page.untilHeard('my_response')
    expect(page.frames.filter(([, data]) => (data as { sid?: string } | undefined)?.sid)).toHaveLength(1)
  }
  await ann.settle()
  const texts = (await ann.request('join', { room: cafe })).entries
    .filter(isMessage)
    .map((entry) => entry.message_data)
  expect(texts).toEqual(alike.map((room) => `from ${room}`))
})

it('[NA6] refuses names that are not normal in the current dialect', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann', { role: 'admin' })
  for (const name of [...alike, 'a\u202eb', '\u3164', 'a\u0000']) {
    const message = { message_data: 'hi', cid: randomUUID() }
    expect(await ann.refusal('join', { room: name })).toBe('invalid_payload')
    expect(await ann.refusal('message_event', { room_id: name, ...message })).toBe('invalid_payload')
    expect(await ann.refusal('get_messages', { stream: `room:${name}`, before: 1 })).toBe('invalid_payload')
    expect(await ann.refusal('create_topic', { name, cid: randomUUID() })).toBe('invalid_payload')
  }
})

it('[NA6] gives V2 pages one topic, one line manager and one customer for all that look the same', async () => {
  const chat = await openChat(onTestFinished)
  const page = await chat.connectV2()
  const manager = { positions_in_a_line: 1, average_serving_time: 4, ticket_count: 0 }
  for (const name of [cafe, ...alike]) {
    const isFirst = name === cafe
    const status = isFirst ? 'success' : 'failure'
    expect(await page.ask('create_topic', { ...key, name })).toMatchObject({ status })
    expect(await page.ask('create_line_manager', { ...key, ...manager, user_id: name })).toMatchObject({
      status,
    })
    expect(await page.ask('create_ticket', { ...key, user_id: name, product: name })).toMatchObject({
      data: { user_id: cafe, product: cafe, line_manager: cafe },
    })
  }
})

it('[NA4] takes a message that shows nothing for an empty one, on both dialects', async () => {
  const chat = await openChat(onTestFinished)
  const [page, ann] = [await chat.connectV2(), await chat.connect('ann')]
  for (const message_data of ['\u2800', '\u00ad\u3164', ' \u{e0041}\ufe0f', '\u200d']) {
    const refusal = await ann.refusal('message_event', { room_id: 'r', message_data, cid: randomUUID() })
    expect(refusal).toBe('invalid_payload')
    expect(await page.refusal('message_event', { room_id: 'r', message_data })).toBe('invalid_payload')
  }
  const text = 'می\u200cخواهم 👩\u200d👧 \u2800'
  const sent = await ann.request('message_event', { room_id: 'r', message_data: text, cid: randomUUID() })
  expect(sent.message_data).toBe(text)
})

it('[NA7] still sends what an earlier version kept', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const made = { workspace_id: 'demo', client_created_at: null, fingerprint: 'f' }
  await store.topics.create({ ...made, name: 'bill\u2800', user_id: 'ann', cid: randomUUID() })
  await store.tickets.create({
    ...made,
    user_id: 'ann ',
    display_name: '\u3164',
    product: 'bill\u2800',
    cid: randomUUID(),
  })
  const chat = await openChat(onTestFinished, { store })
  const agent = await chat.connect('bob', { role: 'agent' })
  expect(await agent.request('get_all_topics', {})).toMatchObject([{ name: 'bill\u2800' }])
  expect(await agent.request('get_tickets', {})).toMatchObject({ tickets: [{ user_id: 'ann ' }] })
})
