import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { FairWebSockets } from './web-sockets.ts'

/** Counts the turns of the event loop. */
function countTurns(): () => number {
  let turns = 0
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  const count = async () => {
    for (; !isOver; turns += 1) await turn()
  }
  void count()
  return () => turns
}

// Fails where a new `ws` reads in another way.
it('[BG18] reads 32 frames of a connection in a turn of the event loop, however many have come together', async () => {
  const http = createServer()
  const server = new FairWebSockets({ server: http })
  onTestFinished(() => {
    server.close()
    http.close()
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const turns = countTurns()
  const read: { readonly text: string; readonly turn: number }[] = []
  server.on('connection', (connection) => {
    connection.on('message', (data) => read.push({ text: String(data), turn: turns() }))
  })
  const { port } = http.address() as AddressInfo
  const ws = new WebSocket(`ws://127.0.0.1:${port}`)
  onTestFinished(() => ws.terminate())
  await once(ws, 'open')

  // One write, which the server reads at once.
  const { _socket: tcp } = ws as unknown as { _socket: { cork(): void; uncork(): void } }
  const sent = Array.from({ length: 320 }, (_, at) => String(at))
  tcp.cork()
  for (const text of sent) ws.send(text)
  tcp.uncork()
  await expect.poll(() => read.length, { timeout: 10_000 }).toBe(sent.length)
  expect(read.map(({ text }) => text)).toEqual(sent)
  const ofTurns = read.map((one) => read.filter(({ turn }) => turn === one.turn).length)
  expect(Math.max(...ofTurns)).toBe(32)
})
