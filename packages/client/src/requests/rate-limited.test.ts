import { expect, it, onTestFinished } from 'vitest'
import { openChat, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'

const limits = { socketPoints: 50, socketPointsPerSecond: 200, refusedRequests: 100 }

it('[BG13] sends 200 messages to a server that takes 50 at once: each is stored once, in their order', async () => {
  const { client } = await openChat({ limits })
  const [ann, bob] = [client('ann'), client('bob')]
  for (const one of [ann, bob]) {
    onTestFinished(one.connect())
    await until(one.connection, ({ status }) => status === 'online')
  }
  const [room, read] = [ann.rooms.messages('r'), bob.rooms.messages('r')]
  for (const one of [room, read]) onTestFinished(one.retain())
  await until(read, ({ status }) => status === 'ready')
  const statuses = new Set<string>()
  ann.connection.subscribe(() => statuses.add(ann.connection.getSnapshot().status))
  const texts = Array.from({ length: 200 }, (_, at) => `${at}`)
  await Promise.all(texts.map((text) => room.send(text)))
  const { messages } = await until(read, (state) => state.messages.length >= 200)
  expect(textsOf(messages)).toEqual(texts)
  // It was never closed for sending too much.
  expect([...statuses]).toEqual([])
})
