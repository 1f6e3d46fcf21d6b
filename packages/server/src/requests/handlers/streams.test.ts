import { randomUUID } from 'node:crypto'
import { isMessage, limits, type Message, type Page } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { messagesIn, openChat, type TestSocket } from '../../testing/connect.ts'

/** Sends so many messages, each a try of its own. */
async function say(socket: TestSocket, room_id: string, count: number): Promise<Message[]> {
  const numbers = Array.from({ length: count }, (_, at) => at + 1)
  return Promise.all(
    numbers.map((n) => socket.request('message_event', { room_id, message_data: `${n}`, cid: randomUUID() })),
  )
}

async function roomWith(count: number): Promise<{ ann: TestSocket; sent: Message[]; page: Page }> {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const sent = await say(ann, 'r', count)
  return { ann, sent, page: await ann.request('join', { room: 'r' }) }
}

it('[ST1] numbers the messages of one sender in their order, without holes', async () => {
  const { sent } = await roomWith(120)
  expect(sent.map(({ seq, nth, message_data }) => [seq, nth, message_data])).toEqual(
    sent.map((_, at) => [at + 1, at + 1, `${at + 1}`]),
  )
})

it('[ST4] answers a join with the newest 50 messages', async () => {
  const { sent, page } = await roomWith(120)
  const last = sent.at(-1)
  expect(page).toEqual({
    stream: 'room:r',
    epoch: expect.any(String),
    head: { seq: 120, nth: 120, id: last?._id },
    first_seq: 1,
    entries: sent.slice(-50),
    more: true,
  })
})

it.each([
  [1, 1, true],
  [119, 119, true],
  [120, 120, false],
  [200, 120, false],
])('[ST4] answers a join with at most %i messages', async (limit, count, more) => {
  const { ann, sent } = await roomWith(120)
  const page = await ann.request('join', { room: 'r', limit })
  expect(page).toMatchObject({ entries: sent.slice(-count), more })
})

it('[ST6] walks back to the first message by `before`', async () => {
  const { ann, sent, page } = await roomWith(120)
  const pages = [page]
  while (pages[0]?.more) {
    pages.unshift(
      await ann.request('get_messages', { stream: 'room:r', before: pages[0].entries[0]?.nth ?? 0 }),
    )
  }
  expect(pages.map(({ entries }) => entries.length)).toEqual([20, 50, 50])
  expect(pages.flatMap(({ entries }) => entries)).toEqual(sent)
  expect(await ann.request('get_messages', { stream: 'room:r', before: 1 })).toMatchObject({
    entries: [],
    more: false,
  })
  expect(await ann.request('get_messages', { stream: 'room:r', before: 0 })).toMatchObject({
    entries: [],
    more: false,
  })
  expect(await ann.request('get_messages', { stream: 'room:r', before: 4, limit: 2 })).toMatchObject({
    entries: sent.slice(1, 3),
    more: true,
  })
})

it('[TD1] walks from any message in both directions', async () => {
  const { ann, sent } = await roomWith(120)
  const stream = 'room:r'
  const middle = await ann.request('get_messages', { stream, around: 60, limit: 11 })
  expect(middle).toMatchObject({ entries: sent.slice(54, 65), more: true, more_newer: true })
  let heard = middle.entries
  for (let more_newer = true; more_newer; ) {
    const next = await ann.request('get_messages', { stream, after: heard.at(-1)?.nth ?? 0, limit: 20 })
    heard = [...heard, ...next.entries]
    expect(next.more).toBe(true)
    more_newer = next.more_newer ?? false
  }
  for (let more = true; more; ) {
    const before = heard[0]?.nth ?? 0
    const older = await ann.request('get_messages', { stream, before, limit: 20 })
    heard = [...older.entries, ...heard]
    more = older.more
  }
  expect(heard).toEqual(sent)
  const all = await ann.request('get_messages', { stream, around: 1, limit: 200 })
  expect(all).toMatchObject({ entries: sent, more: false, more_newer: false })
  const last = await ann.request('get_messages', { stream, around: 4_000 })
  expect(last).toMatchObject({ entries: sent.slice(-50), more: true, more_newer: false })
})

it('[TD1] has the message that was asked for in a page of long ones', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  for (let n = 0; n < 14; n++) {
    const message_data = '\u4e00'.repeat(16_000)
    await ann.request('message_event', { room_id: 'r', message_data, cid: randomUUID() })
  }
  for (const around of [1, 7, 14]) {
    const page = await ann.request('get_messages', { stream: 'room:r', around })
    expect(Buffer.byteLength(JSON.stringify(page.entries))).toBeLessThanOrEqual(limits.page_bytes)
    expect(page.entries.map(({ nth }) => nth)).toContain(around)
  }
})

it.each([{}, { before: 1, after: 1 }, { around: 1, before: 2 }, { around: -1 }, { after: 0.5 }])(
  '[TD1] refuses to page by %j',
  async (place) => {
    const { ann } = await roomWith(1)
    expect(await ann.refusal('get_messages', { stream: 'room:r', ...place } as never)).toBe('invalid_payload')
  },
)

it('[ST4] walks forwards from the beginning by positions', async () => {
  const { ann, sent, page } = await roomWith(120)
  const heard: Message[] = []
  let position = { epoch: page.epoch, seq: 0, id: null as string | null }
  for (let more = true; more; ) {
    const next = await ann.request('get_entries', { stream: 'room:r', position, limit: 50 })
    heard.push(...next.entries.filter(isMessage))
    const last = next.entries.at(-1)
    if (last) position = { epoch: next.epoch, seq: last.seq, id: last._id }
    expect(next.reset).toBeUndefined()
    more = next.more
  }
  expect(heard).toEqual(sent)
  const all = await ann.request('get_entries', {
    stream: 'room:r',
    position: { epoch: page.epoch, seq: 0, id: null },
  })
  expect(all).toMatchObject({ entries: sent, more: false })
})

it.each(['head', 'last entry'] as const)(
  '[ST4] goes on from the %s of a page, and then live',
  async (from) => {
    const { ann, page } = await roomWith(60)
    await ann.request('leave', { room: 'r' })
    const missed = await say(ann, 'r', 30)
    const last = page.entries.at(-1)
    const { seq, id } = from === 'head' ? page.head : { seq: last?.seq ?? 0, id: last?._id ?? null }

    const next = await ann.request('join', { room: 'r', position: { epoch: page.epoch, seq, id } })
    const live = await say(ann, 'r', 3)

    expect(next).toMatchObject({ entries: missed, more: false, epoch: page.epoch })
    expect(next).not.toHaveProperty('reset')
    expect(messagesIn(await ann.heard(1))).toEqual(live)
  },
)

it('[ST4] answers nothing new to a position at the head', async () => {
  const { ann, page } = await roomWith(3)
  const position = { epoch: page.epoch, seq: page.head.seq, id: page.head.id }
  expect(await ann.request('join', { room: 'r', position })).toEqual({ ...page, entries: [], more: false })
})

it.each([
  ['epoch', { epoch: 'another log' }],
  ['ahead', { seq: 1_000 }],
  ['ahead', { seq: Number.MAX_SAFE_INTEGER }],
  ['replaced', { id: '0192f0c1-2345-7abc-8def-0123456789ab' }],
  ['replaced', { id: null }],
] as const)('[ST5] says %s, and starts anew, where a position cannot be continued', async (reason, wrong) => {
  const { ann, sent, page } = await roomWith(60)
  const position = { epoch: page.epoch, seq: page.head.seq, id: page.head.id, ...wrong }
  for (const next of [
    await ann.request('join', { room: 'r', position }),
    await ann.request('get_entries', { stream: 'room:r', position }),
  ]) {
    expect(next).toEqual({ ...page, entries: sent.slice(-50), reset: { reason } })
  }
  const live = await say(ann, 'r', 1)
  expect(messagesIn(await ann.heard(1))).toEqual(live)
})

it('[ST4] keeps a page within its bytes, with at least one message', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const message_data = '\u4e00'.repeat(15_000)
  const sent: Message[] = []
  for (let n = 0; n < 20; n++) {
    sent.push(await ann.request('message_event', { room_id: 'r', message_data, cid: randomUUID() }))
  }
  const page = await ann.request('join', { room: 'r' })
  expect(Buffer.byteLength(JSON.stringify(page.entries))).toBeLessThanOrEqual(limits.page_bytes)
  expect(page).toMatchObject({ entries: sent.slice(-page.entries.length), more: true })
  expect(page.entries.length).toBeGreaterThan(1)

  const first = await ann.request('get_entries', {
    stream: 'room:r',
    position: { epoch: page.epoch, seq: 0, id: null },
  })
  expect(Buffer.byteLength(JSON.stringify(first.entries))).toBeLessThanOrEqual(limits.page_bytes)
  expect(first).toMatchObject({ entries: sent.slice(0, first.entries.length), more: true })
})

it('[ST4] reads only streams that exist', async () => {
  const { ann, page } = await roomWith(1)
  const position = { epoch: page.epoch, seq: 0, id: null }
  for (const stream of ['room:R', 'room:r r', 'ticket:r', 'ticket:0192f0c1-2345-7abc-8def-0123456789ab']) {
    expect(await ann.refusal('get_messages', { stream, before: 10 })).toBe('not_found')
    expect(await ann.refusal('get_entries', { stream, position })).toBe('not_found')
  }
})

it('[ST3] does not subscribe by reading', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  await say(ann, 'r', 1)
  const { epoch } = await bob.request('get_messages', { stream: 'room:r', before: 10 })
  await bob.request('get_entries', { stream: 'room:r', position: { epoch, seq: 0, id: null } })
  await say(ann, 'r', 1)
  expect(await bob.heard()).toEqual([])
})
