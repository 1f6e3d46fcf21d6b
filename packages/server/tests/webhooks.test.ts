import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { draft } from '../src/testing/store-cases/making.ts'
import { keptLog } from './support/kept-log.ts'
import { type Receiver, secret, startReceiver, webhookTo } from './support/receiver.ts'

const hourMs = 3_600_000

interface Scene {
  readonly chat: TestChat
  readonly ann: TestSocket
  readonly receiver: Receiver
  readonly log: ReturnType<typeof keptLog>
  say(text: string, room?: string): Promise<void>
}

async function scene(more: object = {}, options: object = {}, store?: Store): Promise<Scene> {
  const receiver = await startReceiver()
  const log = keptLog()
  const webhooks = [webhookTo(receiver, more)]
  const base = { webhooks, logger: log.logger, metrics: true, ...(store && { store }) }
  const chat = await openChat(onTestFinished, { ...base, ...options })
  const ann = await chat.connect('ann', { role: 'admin' })
  const say = async (message_data: string, room_id = 'r') =>
    void (await ann.request('message_event', { room_id, message_data, cid: randomUUID() }))
  return { chat, ann, receiver, log, say }
}

async function metricsOf({ server }: TestChat): Promise<string> {
  return (await server.metrics())?.text ?? ''
}

it('[WH14] posts what is added to streams, signed as Standard Webhooks are, and nothing from before', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  await store.streams.append({ workspace_id: 'demo', stream: 'room:r' }, [
    draft({ message_data: 'long ago' }),
  ])
  await new Promise((resolve) => setTimeout(resolve, 5))
  const { ann, receiver, say } = await scene({ workspaces: ['demo'], streams: ['room'] }, {}, store)
  await say('one')
  const { seq, _id } = await ann.request('message_event', {
    room_id: 'r',
    message_data: 'two',
    cid: randomUUID(),
  })
  await expect.poll(() => receiver.taken()).toEqual(['one', 'two'])
  const target = { stream: 'room:r', seq, message_id: _id }
  await ann.request('edit_message', { ...target, message_data: 'changed', cid: randomUUID() })
  await ann.request('start_thread', { ...target, cid: randomUUID() })
  const threadMessage = { message_data: 'in a thread', cid: randomUUID() }
  await ann.request('send_messages', { stream: `thread:${_id}`, messages: [threadMessage] })
  await say('three')
  await expect.poll(() => receiver.taken().at(-1)).toBe('three')
  expect(receiver.taken()).toEqual(['one', 'two', 'changed', 'change', 'three'])
  for (const { headers, text, body } of receiver.received) {
    expect(new Webhook(secret).verify(text, headers)).toEqual(body)
    expect(body).toEqual({
      type: 'entries',
      id: headers['webhook-id'],
      workspace_id: 'demo',
      stream: 'room:r',
      epoch: expect.any(String),
      entries: expect.any(Array),
    })
  }
  const [edit] = receiver.received
    .flatMap(({ body }) => body.entries ?? [])
    .filter(({ type }) => type === 'change')
  expect(edit).toMatchObject({ change: 'edited', message_data: 'changed' })
})

it('[WH14] posts what a receiver may have missed in the order of its stream, and goes on where it was', async () => {
  const { chat, receiver, say } = await scene()
  receiver.answer = (response) => void response.writeHead(500).end('x'.repeat(200_000))
  for (const text of ['a', 'b']) await say(text)
  await say('elsewhere', 'q')
  await expect.poll(() => receiver.received.length).toBeGreaterThanOrEqual(2)
  await say('c')
  receiver.answer = (response) => void response.writeHead(204).end()
  await chat.server.clock.advance(60_000)
  await expect.poll(() => receiver.taken('room:r')).toEqual(['a', 'b', 'c'])
  await expect.poll(() => receiver.taken('room:q')).toEqual(['elsewhere'])
  await say('d')
  await expect.poll(() => receiver.taken('room:r')).toEqual(['a', 'b', 'c', 'd'])
})

it('[WH15] tries again later each time while a receiver is down, and no sooner than it wants', async () => {
  const { chat, receiver, log, say } = await scene()
  await receiver.down()
  const texts = Array.from({ length: 30 }, (_, n) => `message ${n}`)
  for (const text of texts) await say(text)
  await expect
    .poll(() => log.lines.find(({ fields }) => String(fields.problem).includes('ECONNREFUSED')))
    .toBeTruthy()
  await chat.server.clock.advance(hourMs)
  await receiver.up()
  receiver.answer = (response) => void response.writeHead(503, { 'retry-after': '7200' }).end()
  await chat.server.clock.advance(hourMs)
  // Written once it is settled when to try again.
  await expect.poll(() => log.lines.some(({ fields }) => fields.problem === 'It answers 503')).toBe(true)
  receiver.answer = (response) => void response.writeHead(200).end()
  await chat.server.clock.advance(hourMs)
  await say('the last one')
  await chat.server.clock.advance(10_000)
  expect(receiver.received).toHaveLength(1)
  await chat.server.clock.advance(hourMs)
  await expect.poll(() => receiver.taken()).toEqual([...texts, 'the last one'])
})

it('[WH16] follows no redirect and reaches no private address that is not listed', async () => {
  const inside = await startReceiver()
  const { receiver, log, say } = await scene()
  receiver.answer = (response) => void response.writeHead(307, { location: inside.url }).end()
  await say('secret')
  const problems = () => log.lines.map(({ fields }) => String(fields.problem))
  await expect.poll(problems).toContain('It answers 307, a redirect, which is not followed')
  const named = { id: 'named', url: `http://localhost:${inside.port}/`, allowPrivate: ['10.0.0.0/8'] }
  const other = await scene({}, { webhooks: [webhookTo(inside, named)] })
  await other.say('secret')
  await expect
    .poll(() => other.log.lines.map(({ fields }) => String(fields.problem)).join())
    .toMatch(/localhost: (127.0.0.1|::1) is a private address/)
  expect(inside.received).toEqual([])
})

it('[WH17] waits for a slow receiver no longer than it may take, and nobody else waits', async () => {
  const { chat, receiver, log, say } = await scene({}, { limits: { webhookMs: 300 } })
  receiver.answer = (response, { body }) => {
    if (body.stream !== 'room:slow') response.writeHead(204).end()
  }
  await say('never answered', 'slow')
  await say('quick')
  await expect.poll(() => receiver.taken('room:r')).toEqual(['quick'])
  const isLate = () => log.lines.some(({ fields }) => fields.problem === 'It does not answer within 300 ms')
  await expect.poll(isLate).toBe(true)
  receiver.answer = (response) => void response.writeHead(204).end()
  await chat.server.clock.advance(60_000)
  await expect.poll(() => receiver.taken('room:slow')).toEqual(['never answered'])
  expect(await metricsOf(chat)).toContain(
    'dowellchat_webhook_deliveries_total{webhook="hook",outcome="failed"}',
  )
})

it('[WH18] parks a stream after a day, says so, and leaves other streams alone', async () => {
  const { chat, receiver, log, say } = await scene()
  receiver.answer = (response, { body }) =>
    void response.writeHead(body.stream === 'room:bad' ? 400 : 204).end()
  await say('poison', 'bad')
  await expect.poll(() => log.lines.some(({ fields }) => fields.problem === 'It answers 400')).toBe(true)
  await chat.server.clock.advance(25 * hourMs)
  await expect.poll(() => log.lines.some(({ message }) => message.includes('is parked'))).toBe(true)
  expect(await metricsOf(chat)).toContain('dowellchat_webhook_streams_parked_total{webhook="hook"} 1')
  const tries = () => receiver.received.filter(({ body }) => body.stream === 'room:bad').length
  const before = tries()
  await say('more', 'bad')
  await say('fine')
  await expect.poll(() => receiver.taken()).toEqual(['fine'])
  await chat.server.clock.advance(25 * hourMs)
  await say('also fine')
  await expect.poll(() => receiver.taken()).toEqual(['fine', 'also fine'])
  expect(tries()).toBe(before)
})

it('[WH12] delivers what was stored before its note could be', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  await store.deliveries.follow('demo', 'hook', '2026-01-01T00:00:00.000Z')
  const key = { workspace_id: 'demo', stream: 'room:r' }
  await store.streams.append(key, [draft({ message_data: 'unnoted' })])
  const { receiver } = await scene({}, {}, store)
  await expect.poll(() => receiver.taken()).toEqual(['unnoted'])
})

it('[WH25] does not start with a webhook of a workspace that it does not have', async () => {
  const start = scene({ workspaces: ['demo', 'dema'] })
  await expect(start).rejects.toThrow('webhooks: hook: workspaces: dema is not among')
})
