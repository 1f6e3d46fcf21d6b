import { expect, it, onTestFinished } from 'vitest'
import { openChat, type TestSocket } from '../testing/connect.ts'

const message = (message_data: string, room_id = 'r') => ({ room_id, message_data, cid: crypto.randomUUID() })

function headsIn(socket: TestSocket): { stream: string; epoch: string; head: object }[] {
  return socket.frames.flatMap(([event, data]) =>
    event === 'heads' ? (data as { heads: { stream: string; epoch: string; head: object }[] }).heads : [],
  )
}

async function rounds(socket: TestSocket, ms: number, count: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms * count))
  await socket.settle()
}

it('[OB5] sends `heads` of the streams that have changed to those who have joined them, each once', async () => {
  const headsMs = 400
  const chat = await openChat(onTestFinished, { limits: { headsMs } })
  const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
  const page = await chat.connectV2()
  await page.ask('join', { room: 'r' })
  const { epoch } = await ann.request('join', { room: 'r' })
  await ann.request('join', { room: 'quiet' })
  await bob.request('join', { room: 'other' })
  await bob.request('message_event', message('one'))
  const last = await bob.request('message_event', message('two'))

  await expect.poll(() => headsIn(ann)).not.toHaveLength(0)
  await rounds(ann, headsMs, 3)
  const heads = headsIn(ann)
  expect(heads.at(-1)).toEqual({ stream: 'room:r', epoch, head: { seq: 2, nth: 2, id: last._id } })
  // One for each change, or one for both: nothing is said again.
  expect(heads.length).toBeLessThanOrEqual(2)
  expect(headsIn(bob)).toEqual([])
  expect(page.frames.filter(([event]) => event === 'heads')).toEqual([])

  await ann.request('leave', { room: 'r' })
  await bob.request('message_event', message('three'))
  await rounds(ann, headsMs, 2)
  expect(headsIn(ann)).toHaveLength(heads.length)
})
