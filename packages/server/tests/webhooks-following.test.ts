import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { DeliveryNote, Store } from '../src/stores/store.ts'
import { openChat } from '../src/testing/connect.ts'
import { draft } from '../src/testing/store-cases/making.ts'
import { startReceiver, webhookTo } from './support/receiver.ts'
import { temporaryFolder } from './support/server-process.ts'

const hourMs = 3_600_000
const longAgo = '2026-01-01T00:00:00.000Z'

/** A store where something is due to a consumer already. */
async function storeWith(note: Pick<DeliveryNote, 'consumer' | 'stream' | 'event_text'>): Promise<Store> {
  const store = await embeddedStore({ path: ':memory:' })
  await store.streams.append({ workspace_id: 'demo', stream: note.stream }, [draft()])
  await store.deliveries.note('demo', [{ ...note, since: longAgo, head: 1, due_at: longAgo }])
  return store
}

it.each([
  { what: 'a kind of streams', less: { streams: ['thread'] } },
  { what: 'a workspace', less: { workspaces: ['other'] } },
])(
  '[WH14] leaves what was due of $what that its webhook follows no more, until it does again',
  async ({ less }) => {
    const path = temporaryFolder()
    const receiver = await startReceiver()
    const start = async (more: object) => {
      const store = await embeddedStore({ path })
      const chat = await openChat(onTestFinished, { store, webhooks: [webhookTo(receiver, more)] })
      const ann = await chat.connect('ann')
      const say = (message_data: string) =>
        ann.request('message_event', { room_id: 'r', message_data, cid: randomUUID() })
      return { chat, say, row: () => store.deliveries.get('demo', 'hook', 'room:r') }
    }
    receiver.answer = (response) => void response.writeHead(500).end()
    const before = await start({})
    await before.say('one')
    await expect.poll(async () => (await before.row())?.failures).toBeGreaterThan(0)
    await before.chat.close()

    receiver.answer = (response) => void response.writeHead(204).end()
    const narrowed = await start(less)
    await narrowed.say('two')
    await narrowed.chat.server.clock.advance(hourMs)
    await expect.poll(narrowed.row).toMatchObject({ due_at: null, failing_since: null, seq: null })
    expect(receiver.taken()).toEqual([])
    await narrowed.chat.close()

    await start({})
    await expect.poll(() => receiver.taken()).toEqual(['one', 'two'])
  },
)

it('[WH14] tells no missed calls of a workspace that its webhook follows no more', async () => {
  const event_text = JSON.stringify({ call: 'c', user_id: 'ben', caller: 'ann', at: longAgo })
  const store = await storeWith({ consumer: 'hook/unread', stream: 'missed:1', event_text })
  const receiver = await startReceiver()
  const webhooks = [webhookTo(receiver, { events: ['unread'], workspaces: ['other'] })]
  await openChat(onTestFinished, { store, webhooks })
  await expect.poll(() => store.deliveries.get('demo', 'hook/unread', 'missed:1')).toBeNull()
  expect(receiver.received).toEqual([])
})

it('[TL7] posts no notes, though an earlier version was asked to', async () => {
  const store = await storeWith({ consumer: 'hook', stream: 'notes:t' })
  const receiver = await startReceiver()
  await openChat(onTestFinished, { store, webhooks: [webhookTo(receiver)] })
  const row = () => store.deliveries.get('demo', 'hook', 'notes:t')
  await expect.poll(row).toMatchObject({ due_at: null, seq: null })
  expect(receiver.received).toEqual([])
})

it('[WH13] counts no entry among those from before the time that it says itself', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const key = { workspace_id: 'demo', stream: 'room:r' }
  let now = Date.now()
  vi.spyOn(Date, 'now').mockImplementation(() => ++now)
  onTestFinished(() => void vi.restoreAllMocks())
  const { appended } = await store.streams.append(key, [draft()])
  const [message] = appended.flatMap((one) => ('placed' in one ? one.placed : []))
  expect(await store.streams.madeBefore(key, message?.created_at ?? '')).toBe(0)
})
