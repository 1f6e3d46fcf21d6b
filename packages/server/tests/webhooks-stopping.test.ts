import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat } from '../src/testing/connect.ts'
import { keptLog } from './support/kept-log.ts'
import { startReceiver, webhookTo } from './support/receiver.ts'
import { roomOf, say, unreadScene } from './support/unread-scene.ts'

const dayMinutes = 25 * 60
const never = new Promise<void>(() => undefined)

/** A store that says whose first unread message it was asked for, and how many people were noted as told each time. */
async function watchedStore() {
  const store = await embeddedStore({ path: ':memory:' })
  const firsts: string[] = []
  const told: number[] = []
  const page: Store['streams']['page'] = (key, range) => {
    if ('following' in range && range.limit === 1) firsts.push(key.stream)
    return store.streams.page(key, range)
  }
  const tell: Store['deliveries']['tell'] = (workspaceId, notices) => {
    told.push(notices.length)
    return store.deliveries.tell(workspaceId, notices)
  }
  const watched = Object.assign(Object.create(store) as Store, {
    streams: Object.assign(Object.create(store.streams) as Store['streams'], { page }),
    deliveries: Object.assign(Object.create(store.deliveries) as Store['deliveries'], { tell }),
  })
  return { store: watched, firsts, told }
}

it('[WH17] goes no further through a room when it stops, and holds that against nobody', async () => {
  const { store, firsts, told } = await watchedStore()
  const log = keptLog()
  let calls = 0
  const onUnread = (): Promise<void> => {
    calls += 1
    return never
  }
  const { chat, pass } = await unreadScene({ onUnread, store, logger: log.logger })
  const people = Array.from({ length: 20 }, (_, n) => `p${n}`)
  const [ann, room] = await roomOf(chat, ['ann', ...people])
  await say(ann, room, 'Hello?')
  await pass(3)
  await expect.poll(() => calls).toBe(8)
  await chat.close()
  expect(calls).toBe(8)
  expect(firsts).toHaveLength(8)
  expect(told).toEqual([])
  expect(log.messages().join()).not.toMatch(/has not taken|could not be finished/)
})

it('[WH17] gives nothing up because it stops', async () => {
  const { store } = await watchedStore()
  const log = keptLog()
  let calls = 0
  const onUnread = (): Promise<void> => {
    calls += 1
    return calls < 3 ? Promise.reject(new Error('No mail server')) : never
  }
  const { chat, pass } = await unreadScene({ onUnread, store, logger: log.logger })
  const [ann, room] = await roomOf(chat, ['ann', 'ben'])
  await say(ann, room, 'Hello?')
  await pass(3)
  const row = () => store.deliveries.get('demo', 'onUnread', `room:${room}`)
  await expect.poll(async () => (await row())?.failures).toBe(2)
  await pass(dayMinutes)
  await expect.poll(() => calls).toBe(3)
  await chat.close()
  expect(log.messages().join()).not.toContain('given up')
})

it('[WH17] posts nothing that waits for a connection once it stops', async () => {
  const receiver = await startReceiver()
  receiver.answer = () => undefined
  const webhooks = [webhookTo(receiver, { events: ['unread'] })]
  const log = keptLog()
  const { chat, pass } = await unreadScene({ onUnread: undefined, webhooks, logger: log.logger })
  const members = Array.from({ length: 8 }, (_, n) => `p${n}`)
  const [ann, room] = await roomOf(chat, ['ann', ...members])
  await say(ann, room, 'Hello?')
  for (let n = 0; n < 2; n++) {
    const made = { kind: 'members' as const, members, cid: randomUUID() }
    await say(ann, (await ann.request('create_room', made))._id, 'Hello?')
  }
  await pass(3)
  await expect.poll(() => receiver.received.length).toBe(16)
  await chat.close()
  expect(receiver.received).toHaveLength(16)
  expect(log.messages().join()).not.toMatch(/has not taken|could not be finished/)
})

it('[WH17] posts nothing once more because it stops', async () => {
  const receiver = await startReceiver()
  const log = keptLog()
  const chat = await openChat(onTestFinished, { webhooks: [webhookTo(receiver)], logger: log.logger })
  const ann = await chat.connect('ann')
  const write = (message_data: string) =>
    ann.request('message_event', { room_id: 'r', message_data, cid: randomUUID() })
  await write('one')
  await expect.poll(() => receiver.taken()).toEqual(['one'])
  receiver.answer = () => undefined
  // Over the connection that is there.
  await write('two')
  await expect.poll(() => receiver.received.length).toBe(2)
  await chat.close()
  expect(receiver.received).toHaveLength(2)
  expect(log.messages().join()).not.toMatch(/has not taken|could not be finished/)
})
