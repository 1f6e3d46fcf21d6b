import { expect, it, onTestFinished, vi } from 'vitest'
import { openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'

// A slow network.
const network = vi.hoisted(() => {
  let arrive = (): void => {}
  const answer = new Promise<void>((resolve) => {
    arrive = resolve
  })
  return { arrive, answer, asked: 0 }
})
vi.mock('./later-contract.ts', async (original) => {
  network.asked += 1
  await network.answer
  return original()
})

const topic = {
  ...{ _id: 't', name: 'billing', created_at: '2026-01-01T00:00:00.000Z', client_created_at: null },
  ...{ title: null, strategy: 'least_loaded', hours: null, away_text: null },
  targets: { first_answer: null, solved: null },
}
const ended = (callId: string) => ({ callId, reason: 'hung_up' })

async function openPage() {
  const fake = await openFakeServer({
    admit: () => helloOf('ann'),
    answers: {
      get_all_topics: () => [topic],
      leave: ({ room }: { room: string }) => ({ room }),
      endCall: ({ callId }: { callId: string }) => ended(callId),
    },
  })
  const ann = openClient(fake.url, 'ann')
  onTestFinished(ann.connect())
  await until(ann.connection, ({ status }) => status === 'online')
  return { ...fake, ann }
}

it('[PK1, PK2] keeps requests and pushes in order while the schemas that they need are loaded', async () => {
  const { ann, sockets, received } = await openPage()
  const heard: string[] = []
  onTestFinished(ann.on.callEnded(({ callId }) => heard.push(callId)))
  onTestFinished(ann.on.entries(() => heard.push('entries')))
  for (const callId of ['a', 'b']) sockets[0]?.emit('callEnded', ended(callId))
  sockets[0]?.emit('entries', { stream: 'room:lobby', epoch: 'e', entries: [] })
  await expect.poll(() => heard).toEqual(['entries'])

  sockets[0]?.conn.close()
  await expect.poll(() => sockets.length).toBe(2)
  for (const callId of ['c', 'd']) sockets[1]?.emit('callEnded', ended(callId))

  await until(ann.connection, ({ status }) => status === 'online')
  const topics = ann.request.get_all_topics({})
  const call = ann.request.endCall({ callId: 'a' })
  await ann.request.leave({ room: 'lobby' })
  expect(received.map(([name]) => name)).toEqual(['leave'])
  expect(network.asked).toBe(1)

  network.arrive()
  expect(await topics).toEqual([topic])
  await call
  expect(received.map(([name]) => name)).toEqual(['leave', 'get_all_topics', 'endCall'])
  expect(heard).toEqual(['entries', 'c', 'd'])
})
