import { randomUUID } from 'node:crypto'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat, type TestChat } from '../src/testing/connect.ts'
import { type Receiver, startReceiver, webhookTo } from './support/receiver.ts'
import { temporaryFolder } from './support/server-process.ts'

async function start(path: string, receiver: Receiver): Promise<TestChat> {
  const webhooks = [webhookTo(receiver, { events: ['entries', 'unread'] })]
  const store = await embeddedStore({ path })
  return openChat(onTestFinished, { store, webhooks, limits: { unreadMs: 100 } })
}

async function say(chat: TestChat, room_id: string, message_data: string): Promise<void> {
  const ann = await chat.connect('ann')
  await ann.request('message_event', { room_id, message_data, cid: randomUUID() })
}

/** The `webhook-id`s under which a text was posted, of one type. */
function idsOf({ received }: Receiver, type: string, text: string): (string | undefined)[] {
  return received
    .filter(({ body, text: posted }) => body.type === type && posted.includes(text))
    .map(({ headers }) => headers['webhook-id'])
}

it('[WH14] [WH20] gives no id again that something else had before a backup took its place', async () => {
  const folder = temporaryFolder()
  const [data, backup] = [join(folder, 'data'), join(folder, 'backup')]
  const receiver = await startReceiver()
  const first = await start(data, receiver)
  const ben = await first.connect('ben')
  await first.connect('ann')
  const made = { kind: 'members' as const, members: ['ann'], cid: randomUUID() }
  const { _id: room } = await ben.request('create_room', made)
  const { nth } = await ben.request('message_event', {
    room_id: room,
    message_data: 'one',
    cid: randomUUID(),
  })
  await ben.request('mark_read', { stream: `room:${room}`, nth })
  await expect.poll(() => idsOf(receiver, 'entries', '"one"').length).toBe(1)
  await first.close()
  cpSync(data, backup, { recursive: true })

  let refusals = 1
  receiver.answer = (response, { body }) =>
    void response.writeHead(body.type === 'entries' && refusals-- > 0 ? 500 : 204).end()
  const ids: Record<string, (string | undefined)[]> = {}
  for (const text of ['lost later', 'written instead']) {
    const chat = await start(data, receiver)
    await say(chat, room, text)
    const tries = text === 'lost later' ? 2 : 1
    await expect.poll(() => idsOf(receiver, 'entries', text).length, { timeout: 10_000 }).toBe(tries)
    await expect.poll(() => idsOf(receiver, 'unread', text).length, { timeout: 10_000 }).toBe(1)
    for (const type of ['entries', 'unread']) ids[`${type} ${text}`] = idsOf(receiver, type, text)
    await chat.close()
    rmSync(data, { recursive: true })
    cpSync(backup, data, { recursive: true })
  }
  // A repetition of the same entries keeps its id.
  const [once, again] = ids['entries lost later'] ?? []
  expect(again).toBe(once)
  const all = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(new Set(all).size).toBe(all.length - 1)
})
