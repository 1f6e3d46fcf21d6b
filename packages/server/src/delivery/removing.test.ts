import type { Entry } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { Store } from '../stores/store.ts'
import { openChat } from '../testing/connect.ts'
import { drafts, placedOf, room } from '../testing/store-cases/making.ts'
import { noHints } from './hints.ts'
import { Streams } from './streams.ts'

const key = room('r', 'demo')
const targets = [1, 3]

/** A server over a store with four messages in a room. A deletion is the store's own decision: nobody may ask for one yet. */
async function roomOfFour() {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const shared: Store = { ...store, close: async () => {} }
  const { appended } = await store.streams.append(key, drafts(4))
  const texts = appended.map((one) => placedOf(one).text)
  return { store, texts, chat: await openChat(onTestFinished, { store: shared }) }
}

it('[RE5] gives the deletion to whoever resumes from before it, and removed messages to whoever joins', async () => {
  const { store, texts, chat } = await roomOfFour()
  const ann = await chat.connect('ann')
  const { epoch, head } = await ann.request('join', { room: 'r' })
  await store.streams.remove(key, { targets, reason: 'deleted' })
  const position = { epoch, seq: head.seq, id: head.id }
  const resumed = await ann.request('get_entries', { stream: 'room:r', position })
  expect(resumed.entries).toEqual([
    expect.objectContaining({ type: 'deletion', targets, reason: 'deleted', seq: 5, nth: 4 }),
  ])
  const eve = await chat.connect('eve')
  const { entries } = await eve.request('get_messages', { stream: 'room:r', before: 5 })
  expect(entries.map((entry) => ('kind' in entry ? entry.kind : entry.type))).toEqual([
    ...['removed', 'text', 'removed', 'text'],
  ])
  expect(JSON.parse(texts[0] ?? '')).toMatchObject({ _id: entries[0]?._id, author: 'ann' })
})

it('[RE5] leaves removed messages out of what V2 sockets get', async () => {
  const { store, chat } = await roomOfFour()
  await store.streams.remove(key, { targets: [1, 2, 3], reason: 'erased' })
  const page = await chat.connectV2()
  page.emit('join', { room: 'r' })
  expect((await page.heard(1)).map(([, data]) => data)).toEqual([{ data: 'Hello', count: 0 }])
})

it('[RE5] tells the subscribers in order, and drops the newest page that it keeps', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  await store.streams.append(key, drafts(4))
  const heard: Entry[] = []
  const hinted: number[] = []
  const streams = new Streams(
    store.streams,
    (_key, _epoch, entries) => heard.push(...entries.map(({ entry }) => entry)),
    { ...noHints, announce: (_key, head) => void hinted.push(head) },
  )
  const subscriber = { expectRoom: () => undefined, subscribe: () => true, unsubscribe: () => true }
  streams.heard(key)
  const read = async () => (await streams.join(key, subscriber, {})).page.value.entries
  expect(await read()).toHaveLength(4)
  expect(await streams.remove(key, { targets, reason: 'erased' })).toEqual(targets)
  expect(heard).toMatchObject([{ type: 'deletion', seq: 5, targets }])
  expect(hinted).toEqual([5])
  expect((await read()).map((entry) => 'message_data' in entry && entry.message_data)).toEqual([
    ...['', 'Hello', '', 'Hello'],
  ])
  expect(await streams.remove(key, { targets, reason: 'erased' })).toEqual([])
  expect(heard).toHaveLength(1)
  await streams.idle()
})
