import { expect, it, onTestFinished } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, openChat, openClient } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'

it('[TR8] waits until the client is online, and answers the session at once from then on', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  const early = ann.ready()
  ann.connect()
  expect(await early).toMatchObject({ user_id: 'ann', workspace_id: 'demo' })
  expect(await ann.ready()).toBe(await early)
})

it('[TR8] rejects when the client is refused, and when it is closed', async () => {
  const { url } = await openFakeServer({
    admit: (_auth, n) => (n === 1 ? refusalOf('forbidden') : new Promise<object>(() => {})),
  })
  const ann = openClient(url, 'ann')
  ann.connect()
  await expect(ann.ready()).rejects.toMatchObject({ name: 'ConnectionError', code: 'forbidden' })
  ann.connect()
  const closed = expect(ann.ready()).rejects.toMatchObject({ message: 'The client was closed' })
  ann.close()
  await closed
})

it('[TR9] uses the transports that it is given alone', async () => {
  const { url, sockets, io } = await openFakeServer({ admit: () => helloOf('ann') })
  const asked: string[] = []
  io.engine.on('initial_headers', (_headers: object, { url: at = '' }: { url?: string }) => asked.push(at))
  const ann = createChatClient({ url, auth: authOf('ann'), transports: ['websocket'] })
  onTestFinished(() => ann.close())
  ann.connect()
  await ann.ready()
  expect(sockets[0]?.conn.transport.name).toBe('websocket')
  expect(asked.filter((at) => at.includes('polling'))).toEqual([])
})
