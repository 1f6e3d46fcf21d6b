import { randomUUID } from 'node:crypto'
import type { Message } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFileChat, png, upload } from '../../../tests/support/files.ts'
import { keptLog } from '../../../tests/support/kept-log.ts'
import { describeTwoServers } from '../../../tests/support/two-servers.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { Store } from '../../stores/store.ts'
import { messagesIn, openChat, type TestSocket } from '../../testing/connect.ts'
import type { BeforeMessage } from '../before-message.ts'
import type { OfferedMessage } from '../verdicts.ts'

interface Gate {
  readonly asked: OfferedMessage[]
  /** Lets go what `wait` has held back. */
  readonly open: () => void
  readonly rules: BeforeMessage
}

/** Rules by the words of a message: what they do is in its text. */
function gate(): Gate {
  const asked: OfferedMessage[] = []
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const rules: BeforeMessage = async (message) => {
    asked.push(message)
    const { message_data: text } = message
    if (text.startsWith('bad')) return { refuse: `Please do not say ${text}` }
    if (text.startsWith('shout')) return { message_data: text.toUpperCase(), metadata: { shouted: true } }
    if (text.startsWith('throw')) throw new Error('The service is down')
    if (text.startsWith('wrong')) return { message_data: '' }
    if (text.startsWith('wait')) await opened
    if (text.startsWith('hang')) await new Promise(() => {})
    return undefined
  }
  return { asked, open, rules }
}

/** The rules may take long, as what holds them back does on a slow machine. */
async function scene(limits: Record<string, number> = { beforeMessageMs: 30_000 }) {
  const { asked, open, rules } = gate()
  const log = keptLog()
  const chat = await openChat(onTestFinished, {
    beforeMessage: rules,
    limits,
    logger: log.logger,
    metrics: true,
  })
  const [ann, ben] = [await chat.connect('ann', { name: 'Ann' }), await chat.connect('ben')]
  for (const one of [ann, ben]) await one.request('join', { room: 'r' })
  return { chat, asked, open, log, ann, ben }
}

function payload(message_data: string, more: object = {}) {
  return { room_id: 'r', message_data, cid: randomUUID(), ...more }
}

function said(page: { entries: readonly unknown[] }): string[] {
  return (page.entries as Message[]).map(({ message_data }) => message_data)
}

async function history(socket: TestSocket, stream = 'room:r'): Promise<string[]> {
  return said(await socket.request('get_messages', { stream, before: 1_000 }))
}

it('[WH1] refuses a message in the words of the rules, and stores nothing of it', async () => {
  const { chat, ann, ben, asked } = await scene()
  expect(await ann.ask('message_event', payload('bad things'))).toMatchObject({
    status: 'failure',
    data: 'Please do not say bad things',
    error: { code: 'forbidden', retryable: false },
  })
  const { results } = await ann.request('send_messages', {
    stream: 'room:r',
    messages: ['one', 'bad two', 'three'].map((message_data) => ({ message_data, cid: randomUUID() })),
  })
  expect(results.map((one) => ('message' in one ? one.message.message_data : one.error.message))).toEqual([
    'one',
    'Please do not say bad two',
    'three',
  ])
  expect(messagesIn(await ben.heard(1)).map(({ message_data }) => message_data)).toEqual(['one', 'three'])
  expect(asked[0]).toEqual({
    workspace_id: 'demo',
    stream: 'room:r',
    cid: expect.any(String),
    message_data: 'bad things',
    mentions: [],
    metadata: null,
    attachments: [],
    reply_to: null,
    edits: null,
  })
  const old = await chat.connectV2()
  old.emit('join', { room: 'r' })
  await old.settle()
  old.emit('message_event', { message_data: 'bad news', room_id: 'r', author: 'old' })
  await old.settle()
  expect(JSON.stringify(old.frames)).toContain('Please do not say bad news')
  expect(await history(ann)).toEqual(['one', 'three'])
})

it('[WH2] stores a message as the rules change it', async () => {
  const { ann, ben } = await scene()
  const mentions = [{ user_id: 'ben', start: 6, end: 9 }]
  const sent = await ann.request('message_event', payload('shout @BE and then', { mentions }))
  expect(sent).toMatchObject({ message_data: 'SHOUT @BE AND THEN', metadata: { shouted: true }, mentions })
  const other = await ann.request('message_event', payload('shout @be', { mentions }))
  expect(other.mentions).toBeUndefined()
  expect(messagesIn(await ben.heard(2))).toEqual([sent, other])
})

it('[WH3] answers that a message cannot be checked where the rules are late, fail or answer nonsense', async () => {
  const { chat, ann, log } = await scene({ beforeMessageMs: 50 })
  const texts = ['hang on', 'throw it', 'wrong one']
  for (const text of texts)
    expect(await ann.ask('message_event', payload(text)), text).toMatchObject({
      data: 'Your message could not be checked now. Try again.',
      error: { code: 'unavailable', retryable: true },
    })
  expect(await history(ann)).toEqual([])
  const told = log.lines.filter(({ message }) => message.startsWith('beforeMessage has not answered'))
  expect(told.map(({ level, fields }) => [level, fields.outcome])).toContainEqual(['error', 'late'])
  const { text } = (await chat.server.metrics()) ?? { text: '' }
  expect(text).toContain('dowellchat_before_message_total{outcome="late"} 1')
  expect(text).toContain('dowellchat_before_message_total{outcome="failed"} 2')
})

it('[WH4] asks once about a message, however often it is sent', async () => {
  const { ann, asked, open } = await scene()
  const waiting = payload('wait for it')
  const first = [ann.request('message_event', waiting), ann.request('message_event', waiting)]
  await expect.poll(() => asked.length).toBe(1)
  open()
  const [sent, again] = await Promise.all(first)
  expect(again).toEqual(sent)
  const shouted = payload('shout once')
  const stored = await ann.request('message_event', shouted)
  expect(await ann.request('message_event', shouted)).toEqual(stored)
  expect(asked.map(({ message_data }) => message_data)).toEqual(['wait for it', 'shout once'])
  expect(await ann.ask('message_event', { ...shouted, message_data: 'bad twin' })).toMatchObject({
    error: { code: 'conflict' },
  })
})

it('[WH4] asks once about the first message of a ticket, and about none that it has', async () => {
  const { chat, ann, asked } = await scene()
  const agent = await chat.connect('zoe', { role: 'admin' })
  await agent.request('create_topic', { name: 'billing', cid: randomUUID() })
  const opening = { product: 'billing', message_data: 'hello', cid: randomUUID() }
  const ticket = await ann.request('create_ticket', opening)
  expect(await ann.request('create_ticket', opening)).toEqual(ticket)
  expect(await ann.ask('create_ticket', { ...opening, message_data: 'bad twin' })).toMatchObject({
    error: { code: 'conflict' },
  })
  expect(asked.map(({ message_data }) => message_data)).toEqual(['hello'])
})

it('[WH4] opens a ticket that is repeated as it is made, though the rules refuse it the second time', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const asked: (() => void)[] = []
  const creating: (() => void)[] = []
  const tickets: Store['tickets'] = {
    ...store.tickets,
    async create(ticket) {
      if (creating.length === 0) await new Promise<void>((goOn) => creating.push(goOn))
      return store.tickets.create(ticket)
    },
  }
  const chat = await openChat(onTestFinished, {
    store: { ...store, tickets, close: async () => {} },
    limits: { beforeMessageMs: 30_000 },
    beforeMessage: () =>
      new Promise((answer) => asked.push(() => answer(asked.length > 1 ? { refuse: 'Again?' } : undefined))),
  })
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  const ann = await chat.connect('ann')
  const opening = { product: 'sales', message_data: 'hello', cid: randomUUID() }
  const first = ann.request('create_ticket', opening)
  await expect.poll(() => asked.length).toBe(1)
  asked[0]?.()
  await expect.poll(() => creating.length).toBe(1)
  const again = ann.request('create_ticket', opening)
  await expect.poll(() => asked.length).toBe(2)
  creating[0]?.()
  const ticket = await first
  asked[1]?.()
  expect(await again).toEqual(ticket)
})

it('[WH5] keeps the order of a stream, asks about what waits together, and holds up nothing else', async () => {
  const { ann, ben, asked, open } = await scene()
  const slow = ann.request('message_event', payload('wait'))
  await expect.poll(() => asked.length).toBe(1)
  const later = ['a', 'b', 'wait c', 'd'].map((text) => ben.request('message_event', payload(text)))
  const elsewhere = await ben.request('message_event', payload('elsewhere', { room_id: 'q' }))
  expect(elsewhere.message_data).toBe('elsewhere')
  expect(await history(ben)).toEqual([])
  open()
  await Promise.all([slow, ...later])
  expect(await history(ann)).toEqual(['wait', 'a', 'b', 'wait c', 'd'])
})

describe('edits', () => {
  it('[WH6] asks about the new text of a message, and about nobody who may not give it one', async () => {
    const { ann, ben, asked } = await scene()
    const { seq, _id: message_id } = await ann.request('message_event', payload('fine'))
    const edit = (message_data: string, cid: string = randomUUID()) => {
      return { stream: 'room:r', seq, message_id, message_data, cid }
    }
    expect(await ann.ask('edit_message', edit('bad again'))).toMatchObject({
      data: 'Please do not say bad again',
      error: { code: 'forbidden' },
    })
    const cid = randomUUID()
    const { message } = await ann.request('edit_message', edit('shout', cid))
    expect(message).toMatchObject({ message_data: 'SHOUT' })
    expect(message.metadata).toBeUndefined()
    expect((await ann.request('edit_message', edit('shout', cid))).message.message_data).toBe('SHOUT')
    expect(await ben.ask('edit_message', edit('shout too'))).toMatchObject({ error: { code: 'forbidden' } })
    expect(asked.map(({ message_data, edits }) => [message_data, edits])).toEqual([
      ['fine', null],
      ['bad again', message_id],
      ['shout', message_id],
    ])
  })

  it('[WH5] asks about edits that wait together, and keeps their order', async () => {
    const { ann, ben, asked, open } = await scene()
    const { seq, _id: message_id } = await ann.request('message_event', payload('fine'))
    const edits = ['wait 1', 'plain 2', 'wait 3'].map((message_data) =>
      ann.request('edit_message', { stream: 'room:r', seq, message_id, message_data, cid: randomUUID() }),
    )
    await expect.poll(() => asked.length).toBe(4)
    open()
    await Promise.all(edits)
    const { message_data } = await ann.request('message_event', payload('end'))
    expect(message_data).toBe('end')
    const page = await ben.request('get_entries', {
      stream: 'room:r',
      position: { ...(await ben.request('join', { room: 'r' })), seq: 0, id: null } as never,
    })
    const texts = page.entries.flatMap((one) => ('message_data' in one ? one.message_data : []))
    expect(texts.at(-1)).toBe('end')
    expect((await history(ann))[0]).toBe('wait 3')
  })
})

it('[WH7] asks no more while too many calls of the rules have not ended', async () => {
  const { chat, ann, asked } = await scene({ beforeMessageMs: 30, beforeMessageCalls: 2 })
  for (const text of ['hang 1', 'hang 2']) await ann.ask('message_event', payload(text))
  expect(await ann.ask('message_event', payload('hello'))).toMatchObject({ error: { code: 'unavailable' } })
  expect(asked).toHaveLength(2)
  const { text } = (await chat.server.metrics()) ?? { text: '' }
  expect(text).toContain('dowellchat_before_message_total{outcome="full"} 1')
})

it('[WH1] asks about messages to tickets and threads too', async () => {
  const { chat, ann, asked } = await scene()
  const agent = await chat.connect('zoe', { role: 'admin' })
  await agent.request('create_topic', { name: 'billing', cid: randomUUID() })
  const ticket = await ann.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const about = { ticket_id: ticket._id, cid: randomUUID() }
  expect(await ann.ask('ticket_message_event', { ...about, message_data: 'bad ticket' })).toMatchObject({
    error: { code: 'forbidden' },
  })
  await agent.request('close_ticket', { ticket_id: ticket._id })
  const late = { ...about, cid: randomUUID(), message_data: 'fine' }
  expect(await agent.refusal('ticket_message_event', late)).toBe('ticket_closed')
  // Its customer's opens it again.
  await ann.request('ticket_message_event', late)
  const { seq, _id } = await ann.request('message_event', payload('fine'))
  await ann.request('start_thread', { stream: 'room:r', seq, message_id: _id, cid: randomUUID() })
  const { results } = await ann.request('send_messages', {
    stream: `thread:${_id}`,
    messages: [{ message_data: 'bad thread', cid: randomUUID() }],
  })
  expect(results).toMatchObject([{ error: { code: 'forbidden' } }])
  const ofTicket = `ticket:${ticket._id}`
  expect(asked.map(({ stream }) => stream)).toEqual([ofTicket, ofTicket, 'room:r', `thread:${_id}`])
})

it('[WH1] shows the rules the files of a message, and leaves files free that they refuse', async () => {
  const { asked, rules } = gate()
  const chat = await openFileChat({ beforeMessage: rules })
  const ann = await chat.connect('ann')
  const file = await upload(chat, ann, Buffer.from(png), { name: 'cat.png', width: 1, height: 1 })
  const { upload_id } = file
  const bad = payload('bad cat', { attachments: [{ upload_id }] })
  expect(await ann.ask('message_event', bad)).toMatchObject({ error: { code: 'forbidden' } })
  const good = payload('', { attachments: [{ upload_id }] })
  expect(await ann.request('message_event', good)).toMatchObject({ message_data: '', attachments: [file] })
  expect(asked.map(({ attachments }) => attachments)).toEqual([[file], [file]])
})

describeTwoServers('two servers', ({ newUrl, open }) => {
  it('[WH4] asks about a repetition on no other server', async () => {
    const { asked, rules } = gate()
    const [east, west] = await open(newUrl(), 5_000, { beforeMessage: rules })
    const message = payload('shout across')
    const sent = await (await east.connect('ann')).request('message_event', message)
    expect(await (await west.connect('ann')).request('message_event', message)).toEqual(sent)
    expect(asked).toHaveLength(1)
  })
})
