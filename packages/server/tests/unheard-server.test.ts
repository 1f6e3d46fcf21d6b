import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { NodeStore, Store } from '../src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { draft } from '../src/testing/store-cases/making.ts'
import { untilFrozen } from './support/frozen.ts'
import { ended, ring } from './support/phones.ts'

const stepMs = 50

/**
 * A server whose timers only the test moves. Another one lives on its store, which it does not hear: the test changes the store as
 * that one would.
 */
async function besideUnheard(): Promise<{
  chat: TestChat
  store: Store
  pass: (ms: number) => Promise<void>
}> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] })
  const store = await embeddedStore({ path: ':memory:' })
  let beat = 0
  const nodes: NodeStore = {
    async beat() {},
    list: async () => [{ id: 'unheard', beat: ++beat }],
    async remove() {},
  }
  const chat = await openChat(onTestFinished, { store: { ...store, nodes }, keyPepper: 'of both servers' })
  // Before it closes, which takes real time.
  onTestFinished(() => void vi.useRealTimers())
  const pass = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += stepMs) {
      await vi.advanceTimersByTimeAsync(stepMs)
      // What has been asked of the store is answered.
      for (let n = 0; n < 5; n++) await turn()
    }
  }
  return { chat, store, pass }
}

async function untilHas({ frames }: TestSocket, event: string): Promise<void> {
  await untilFrozen(() => frames.some(([name]) => name === event))
  expect(frames.map(([name]) => name)).toContain(event)
}

it.each([0, 300, 700])(
  '[NS1, NS2] messages of a server that is not heard come within 2 s, now and %i ms later',
  async (laterMs) => {
    const { chat, store, pass } = await besideUnheard()
    const ann = await chat.connect('ann')
    await ann.request('join', { room: 'r' })
    // The server knows of the other one.
    await pass(3_000 + laterMs)
    await store.streams.append({ workspace_id: 'demo', stream: 'room:r' }, [draft({ author: 'ben' })])
    await pass(2_000)
    await untilHas(ann, 'entries')
  },
)

it('[NO12] the end of a call that is not heard comes within 5 s', async () => {
  const { chat, store, pass } = await besideUnheard()
  const [ann, device_id] = [await chat.connect('ann'), randomUUID()]
  const ben = await chat.connect('ben', { device_id })
  let callId = ''
  const ringing = ring(ann, 'ben').then((id) => (callId = id))
  // The other server is asked for devices of ben, and does not answer.
  while (callId === '') await pass(stepMs)
  await ringing
  await pass(3_000)
  const device = { user_id: 'ben', device_id }
  await store.calls.transition('demo', callId, { type: 'reject', device, reason: 'declined' })
  await pass(5_000)
  for (const one of [ann, ben]) {
    await untilHas(one, 'callEnded')
    expect(one.frames).toContainEqual(ended(callId, 'declined'))
  }
})
