import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { ChatEngine } from './engine.ts'
import { type EngineConnection, privateTransportOf } from './private-transport.ts'

// Fails where a new engine.io or `ws` writes in another way.
it('writes what is sent to a connection in one turn in two calls of the system, in its order', async () => {
  const http = createServer()
  const engine = new ChatEngine()
  engine.attach(http)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    engine.close()
    http.close()
  })
  const { port } = http.address() as AddressInfo
  const opened = once(engine, 'connection') as Promise<[EngineConnection]>
  const ws = new WebSocket(`ws://127.0.0.1:${port}/engine.io/?EIO=4&transport=websocket`)
  onTestFinished(() => ws.terminate())
  const [connection] = await opened
  const heard: string[] = []
  ws.on('message', (data) => heard.push(String(data)))
  await expect.poll(() => heard.length).toBe(1)

  const tcp = privateTransportOf(connection).socket?._socket as unknown as Record<
    '_write' | '_writev',
    () => void
  >
  let writes = 0
  for (const name of ['_write', '_writev'] as const) {
    const write = tcp[name]
    tcp[name] = function (...args) {
      writes += 1
      write.apply(this, args)
    }
  }
  const texts = Array.from({ length: 50 }, (_, at) => `text ${at}`)
  for (const text of texts) connection.send(text)
  await expect.poll(() => heard.slice(1)).toEqual(texts.map((text) => `4${text}`))
  // The first leaves alone: nobody knows yet that there are more.
  expect(writes).toBe(2)
})
