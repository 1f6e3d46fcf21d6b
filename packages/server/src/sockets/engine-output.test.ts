import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Server } from 'socket.io'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { countPolls, waitingBytes, writtenBytes } from './engine-output.ts'
import type { EngineConnection } from './private-transport.ts'
import type { ChatIo } from './socket.ts'

/** A plain socket.io server, and its connections. */
async function openIo() {
  const http = createServer()
  const io = new Server(http)
  countPolls(io as ChatIo)
  const connections: EngineConnection[] = []
  io.engine.on('connection', (connection: EngineConnection) => connections.push(connection))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void io.close())
  const { port } = http.address() as AddressInfo
  return { io, port, connections }
}

const text = 'ä'.repeat(50_000)
const textBytes = 100_000
const many = Array.from({ length: 100 }, () => text)

// Fails where a new engine.io keeps its buffers elsewhere.
it('counts what waits for a WebSocket that reads nothing, and what it has been written', async () => {
  const { port, connections } = await openIo()
  const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  onTestFinished(() => ws.terminate())
  await once(ws, 'message')
  const [connection] = connections as [EngineConnection]
  await expect.poll(() => waitingBytes(connection)).toBe(0)
  const before = writtenBytes(connection)

  ws.pause()
  for (const one of many) connection.send(one)
  const waiting = waitingBytes(connection)
  expect(waiting).toBeGreaterThanOrEqual(99 * textBytes)
  expect(waiting).toBeLessThan(101 * textBytes)
  connection.send('one more')
  expect(waitingBytes(connection)).toBe(waiting + 'one more'.length)

  ws.resume()
  await expect.poll(() => waitingBytes(connection)).toBe(0)
  expect(writtenBytes(connection) - before).toBeGreaterThan(100 * textBytes)
})

it('counts what waits for a poll, and in answers to polls that nobody reads', async () => {
  const { port, connections } = await openIo()
  const url = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`
  const opened = await (await fetch(url)).text()
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  const [connection] = connections as [EngineConnection]
  expect(waitingBytes(connection)).toBe(0)

  for (const one of many) connection.send(one)
  expect(waitingBytes(connection)).toBe(100 * textBytes)

  const poll = connect(port, '127.0.0.1')
  onTestFinished(() => void poll.destroy())
  poll.pause()
  poll.write(`GET /socket.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: here\r\n\r\n`)
  await expect.poll(() => (connection as unknown as { writeBuffer: unknown[] }).writeBuffer.length).toBe(0)
  expect(waitingBytes(connection)).toBe(100 * textBytes)
  expect(writtenBytes(connection)).toBe(0)

  poll.on('data', () => {})
  poll.resume()
  await expect.poll(() => waitingBytes(connection)).toBe(0)
  expect(writtenBytes(connection)).toBe(100 * textBytes)
})

it('counts a connection that has moved from polls to a WebSocket', async () => {
  const { port, connections } = await openIo()
  const base = `127.0.0.1:${port}/socket.io/?EIO=4`
  const opened = await (await fetch(`http://${base}&transport=polling`)).text()
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  const [connection] = connections as [EngineConnection]
  const poll = request(`http://${base}&transport=polling&sid=${sid}`)
    .on('error', () => {})
    .end()
  const ws = new WebSocket(`ws://${base}&transport=websocket&sid=${sid}`)
  onTestFinished(() => ws.terminate())
  await once(ws, 'open')
  ws.send('2probe')
  await once(ws, 'message')
  ws.send('5')
  await once(connection, 'upgrade')
  poll.destroy()

  ws.pause()
  for (const one of many) connection.send(one)
  expect(waitingBytes(connection)).toBeGreaterThanOrEqual(99 * textBytes)
  ws.resume()
  await expect.poll(() => waitingBytes(connection)).toBe(0)
  expect(connection.listenerCount('flush')).toBe(0)
})
