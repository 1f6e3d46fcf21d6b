import { randomUUID } from 'node:crypto'
import type { Message } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { TestSocket } from '../src/testing/connect.ts'
import type { UnreadEvent } from '../src/webhooks/unread-events.ts'
import { keptLog } from './support/kept-log.ts'
import { startReceiver, webhookTo } from './support/receiver.ts'
import { leave, roomOf, say, unreadScene } from './support/unread-scene.ts'

const dayMinutes = 25 * 60
async function newRoom(ann: TestSocket): Promise<string> {
  const made = { kind: 'members' as const, members: ['ben'], cid: randomUUID() }
  return (await ann.request('create_room', made))._id
}

/** A room of people who are away, whom a receiver is told of, and how many tries running of that have failed. */
async function receiverScene(members: readonly string[]) {
  const receiver = await startReceiver()
  const log = keptLog()
  const store = await embeddedStore({ path: ':memory:' })
  const { chat, pass } = await unreadScene({
    ...{ onUnread: undefined, logger: log.logger, store },
    webhooks: [webhookTo(receiver, { events: ['unread'] })],
  })
  const [ann, room] = await roomOf(chat, ['ann', ...members])
  const row = () => store.deliveries.get('demo', 'hook/unread', `room:${room}`)
  return { receiver, log, chat, pass, ann, room, failures: async () => (await row())?.failures }
}

const never = new Promise<void>(() => undefined)

it('[WH24] tells all others when one person cannot be told, who is given up after a day', async () => {
  const receiver = await startReceiver()
  const log = keptLog()
  receiver.answer = (response, { body }) => void response.writeHead(body.user_id === 'p00' ? 500 : 204).end()
  const { chat, pass } = await unreadScene({
    ...{ onUnread: undefined, logger: log.logger },
    webhooks: [webhookTo(receiver, { events: ['unread'] })],
  })
  const people = Array.from({ length: 20 }, (_, n) => `p${String(n).padStart(2, '0')}`)
  const [ann, room] = await roomOf(chat, ['ann', ...people])
  await say(ann, room, 'Hello?')
  await pass(3)
  const isTold = (userId: string) => receiver.received.filter(({ body }) => body.user_id === userId).length
  await expect.poll(() => receiver.received.length).toBeGreaterThanOrEqual(20)
  expect(new Set(receiver.received.slice(0, 20).map(({ body }) => body.user_id)).size).toBe(20)
  const failed = () => log.lines.some(({ fields }) => fields.problem === 'It answers 500')
  await expect.poll(failed).toBe(true)
  expect(people.filter((one) => one !== 'p00').map(isTold)).toEqual(Array<number>(19).fill(1))

  await pass(dayMinutes)
  await expect.poll(() => log.messages().filter((one) => one.includes('given up')).length).toBe(1)
  expect(log.messages().join()).not.toContain('parked')
  const ben = await chat.connect('p07')
  await ben.request('mark_read', { stream: `room:${room}`, nth: 1 })
  await leave(chat, ben)
  expect(isTold('p07')).toBe(1)
  await say(ann, room, 'And now?')
  await pass(3)
  await expect.poll(() => isTold('p07')).toBe(2)
})

it('[WH24] gives up for one person no later messages of another', async () => {
  const { receiver, log, chat, pass, ann, room, failures } = await receiverScene(['ben', 'cleo'])
  const failing = new Set(['ben'])
  const taken: string[] = []
  receiver.answer = (response, { body }) => {
    const isTaken = !failing.has(String(body.user_id))
    if (isTaken) taken.push(`${body.user_id}: ${(body.message as Message).message_data}`)
    response.writeHead(isTaken ? 204 : 500).end()
  }
  const { nth } = await say(ann, room, 'Hello?')
  await pass(3)
  await expect.poll(failures).toBeGreaterThanOrEqual(2)
  const cleo = await chat.connect('cleo')
  await cleo.request('mark_read', { stream: `room:${room}`, nth })
  await leave(chat, cleo)
  await pass(dayMinutes - 62)
  await say(ann, room, 'And now?')
  failing.add('cleo')
  await pass(4)
  await expect.poll(() => log.messages().filter((one) => one.includes('given up')).length).toBe(1)
  failing.delete('cleo')
  await pass(1)
  await expect.poll(() => taken).toEqual(['cleo: Hello?', 'cleo: And now?'])
})

it('[WH24] gives up nobody who was not tried, and parks nothing', async () => {
  const people = Array.from({ length: 20 }, (_, n) => `p${String(n).padStart(2, '0')}`)
  const { receiver, log, pass, ann, room, failures } = await receiverScene(people)
  receiver.answer = (response) => void response.writeHead(429, { 'retry-after': '3600' }).end()
  await say(ann, room, 'Hello?')
  await pass(3)
  await expect.poll(failures).toBe(1)
  await pass(61)
  await expect.poll(failures).toBe(2)
  await pass(dayMinutes)
  await expect.poll(failures).toBe(3)
  expect(log.messages().join()).not.toMatch(/given up|parked/)
  const tried = receiver.received.length
  receiver.answer = (response) => void response.writeHead(204).end()
  await pass(61)
  const told = () => new Set(receiver.received.slice(tried).map(({ body }) => body.user_id))
  await expect.poll(() => told().size).toBe(20)
})

it('[WH24] gives up nothing at the second try of a receiver that wants to be left alone for a day', async () => {
  const { receiver, log, pass, ann, room, failures } = await receiverScene(['ben'])
  receiver.answer = (response) => void response.writeHead(429, { 'retry-after': '86400' }).end()
  await say(ann, room, 'Hello?')
  await pass(3)
  await expect.poll(failures).toBe(1)
  await pass(dayMinutes)
  await expect.poll(failures).toBe(2)
  expect(log.messages().join()).not.toContain('given up')
  await pass(dayMinutes)
  await expect.poll(() => log.messages().join()).toContain('given up')
})

it('[WH24] tells of the next call after one that could not be told for a day', async () => {
  const receiver = await startReceiver()
  const log = keptLog()
  receiver.answer = (response) => void response.writeHead(500).end()
  const { chat, pass } = await unreadScene({
    ...{ onUnread: undefined, logger: log.logger },
    webhooks: [webhookTo(receiver, { events: ['unread'] })],
  })
  const ann = await chat.connect('ann')
  await leave(chat, await chat.connect('ben'))
  await expect.poll(async () => (await ann.request('get_users', { user_ids: ['ben'] })).users.length).toBe(1)
  const call = () => ann.ask('callUser', { userToCall: 'ben', signalData: 'x', cid: randomUUID() })
  await call()
  await expect.poll(() => receiver.received.length).toBe(1)
  await expect.poll(() => log.lines.some(({ fields }) => fields.problem === 'It answers 500')).toBe(true)
  await pass(dayMinutes)
  await expect.poll(() => log.messages().filter((one) => one.includes('given up')).length).toBe(1)
  receiver.answer = (response) => void response.writeHead(204).end()
  const tried = receiver.received.length
  await call()
  await pass(1)
  await expect.poll(() => receiver.received.length).toBe(tried + 1)
})

it('[WH17] waits for onUnread no longer than it may take, and other streams do not wait for it', async () => {
  const told: string[] = []
  const log = keptLog()
  const slow = new Set<string>()
  const onUnread = (event: UnreadEvent): Promise<void> | undefined => {
    if (event.type === 'unread' && slow.has(event.stream)) return never
    told.push(event.user_id)
  }
  const { chat, pass } = await unreadScene({ onUnread, logger: log.logger, limits: { webhookMs: 300 } })
  const [ann] = await roomOf(chat, ['ann', 'ben'])
  for (let n = 0; n < 8; n++) {
    const room = await newRoom(ann)
    slow.add(`room:${room}`)
    await say(ann, room, 'Hello?')
  }
  await pass(0.1)
  await say(ann, await newRoom(ann), 'Hello?')
  await pass(3)
  await expect.poll(() => told).toEqual(['ben'])
  const problems = () => log.lines.map(({ fields }) => fields.problem)
  await expect.poll(problems).toContain('onUnread has not ended within 300 ms')
})

it('[WH17] does not wait for onUnread to stop', async () => {
  const log = keptLog()
  let calls = 0
  const onUnread = (): Promise<void> => {
    calls += 1
    return never
  }
  const { chat, pass } = await unreadScene({ onUnread, logger: log.logger })
  const [ann, room] = await roomOf(chat, ['ann', 'ben'])
  await say(ann, room, 'Hello?')
  await pass(3)
  await expect.poll(() => calls).toBe(1)
  await chat.close()
  expect(log.messages().join()).not.toContain('could not be finished')
})

it('[WH24] tries again what onUnread has thrown', async () => {
  const told: string[] = []
  let calls = 0
  const onUnread = ({ user_id }: UnreadEvent): void => {
    calls += 1
    if (calls === 1) throw new Error('No mail server')
    told.push(user_id)
  }
  const log = keptLog()
  const { chat, pass } = await unreadScene({ onUnread, logger: log.logger })
  const [ann, room] = await roomOf(chat, ['ann', 'ben'])
  await say(ann, room, 'Hello?')
  await pass(3)
  const problems = () => log.lines.map(({ fields }) => fields.problem)
  await expect.poll(problems).toContain('onUnread has failed: No mail server')
  await pass(1)
  await expect.poll(() => told).toEqual(['ben'])
})
