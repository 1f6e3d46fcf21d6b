import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../tests/support/sockets.ts'
import { wire } from '../../tests/support/wire.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { Store, StreamStore } from '../stores/store.ts'
import { messagesIn, openChat } from '../testing/connect.ts'

type Head = readonly [workspace: string, stream: string, seq: number]

/** A server, what it reads from its logs, and a stranger on its bus. */
async function openWatched() {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const read: string[] = []
  const noting = (name: 'entries' | 'head' | 'page') => ({
    [name]: (...args: never[]) => {
      read.push(name)
      return (store.streams[name] as (...all: never[]) => unknown)(...args)
    },
  })
  const methods = { ...noting('entries'), ...noting('head'), ...noting('page') } as Partial<StreamStore>
  const watched: Store = { ...store, close: async () => {}, streams: { ...store.streams, ...methods } }
  const bus = wire()
  const chat = await openChat(onTestFinished, { store: watched, bus: bus.join() })
  const stranger = bus.join()
  let n = 0
  const forge = (...heads: Head[]) => {
    n += 1
    stranger.publish(JSON.stringify({ from: 'stranger', n, kind: 'heads', data: { heads } }))
  }
  return { chat, store, read, forge }
}

it('[NS3] looks once for what somebody falsely says of a stream, however often it is said', async () => {
  const { chat, store, read, forge } = await openWatched()
  const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
  for (const socket of [ann, page]) await socket.ask('join', { room: 'r' })
  const say = (message_data: string) =>
    ann.request('message_event', { room_id: 'r', message_data, cid: crypto.randomUUID() })
  const first = await say('first')
  await ann.settle()
  const heard = page.frames.length
  read.length = 0

  for (let n = 0; n < 1_000; n++) forge(['demo', 'room:r', 1e9 + n])
  await ann.settle()
  expect(read).toEqual(['entries'])

  read.length = 0
  for (let n = 0; n < 1_000; n++)
    forge(['demo', `room:none ${n}`, 1e9], ['nowhere', 'room:r', 7], ['demo', 'room:r', 1], ['', '', 0])
  await ann.settle()
  expect(read).toEqual([])

  // What is true is still heard.
  const draft = { cid: crypto.randomUUID(), fingerprint: 'x', kind: 'text', message_data: 'second' } as const
  const made = { author: 'ben', display_name: null, reply_to: null, client_created_at: null, sid: null }
  await store.streams.append({ workspace_id: 'demo', stream: 'room:r' }, [{ ...draft, ...made }])
  forge(['demo', 'room:r', 2])
  await until(() => expect(messagesIn(ann.frames)).toHaveLength(2))
  expect(messagesIn(ann.frames)).toMatchObject([first, { seq: 2, message_data: 'second' }])
  await page.settle()
  expect(page.frames).toHaveLength(heard + 1)
})

it('[NS3] keeps nothing from those who join after it was falsely said that a stream goes on that nobody read', async () => {
  const { chat, read, forge } = await openWatched()
  const [ann, ben, page] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connectV2()]
  const say = (message_data: string) =>
    ann.request('message_event', { room_id: 'r', message_data, cid: crypto.randomUUID() })
  const first = await say('first')
  read.length = 0
  forge(['demo', 'room:r', 1e9])
  await ann.settle()
  expect(read).toEqual([])

  expect((await ben.request('join', { room: 'r' })).entries).toEqual([first])
  await page.ask('join', { room: 'r' })
  const second = await say('second')
  await until(() => expect(messagesIn(ben.frames)).toEqual([second]))
  await until(() => expect(JSON.stringify(page.frames)).toContain('second'))
})
