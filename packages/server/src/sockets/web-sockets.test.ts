import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { countTurns } from '../testing/count-turns.ts'
import { FairWebSockets } from './web-sockets.ts'

interface Reading {
  /** Sends texts in one write, which the server reads at once, and answers how many were read in each turn of the event loop. */
  send(texts: readonly string[]): Promise<number[]>
}

/** A server; what it answers connects to it. */
async function listening(): Promise<() => Promise<Reading>> {
  const http = createServer()
  const server = new FairWebSockets({ server: http }, () => 0)
  onTestFinished(() => {
    server.close()
    http.close()
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const turns = countTurns()
  const { port } = http.address() as AddressInfo

  return async () => {
    const read: { readonly text: string; readonly turn: number }[] = []
    server.once('connection', (connection) => {
      connection.on('message', (data) => read.push({ text: String(data), turn: turns() }))
    })
    const ws = new WebSocket(`ws://127.0.0.1:${port}`)
    onTestFinished(() => ws.terminate())
    await once(ws, 'open')
    const { _socket: tcp } = ws as unknown as { _socket: { cork(): void; uncork(): void } }
    return {
      async send(texts) {
        read.length = 0
        tcp.cork()
        for (const text of texts) ws.send(text)
        tcp.uncork()
        await expect.poll(() => read.length).toBe(texts.length)
        expect(read.map(({ text }) => text)).toEqual(texts)
        const played = [...new Set(read.map(({ turn }) => turn))]
        return played.map((one) => read.filter(({ turn }) => turn === one).length)
      },
    }
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => String(at))

// Fails where a new `ws` reads in another way.
it('[BG18] reads 32 frames of a connection in a turn of the event loop, however many have come together', async () => {
  const connect = await listening()
  const { send } = await connect()
  expect(await send(numbered(320))).toEqual(Array.from({ length: 10 }, () => 32))
})

it('[BG18] reads in one turn what came together and is fewer, so that it is told together', async () => {
  const connect = await listening()
  const { send } = await connect()
  for (let times = 0; times < 12; times++) expect(await send(numbered(20))).toEqual([20])
})

it('[BG18] shares a turn between those who have sent so much: 64 frames of eight, not 256', async () => {
  const connect = await listening()
  const senders = []
  for (let each = 0; each < 8; each++) senders.push(await connect())
  for (const inTurns of await Promise.all(senders.map(({ send }) => send(numbered(320))))) {
    // In its first turns not all are known who send so much.
    expect(Math.max(...inTurns)).toBe(32)
    expect(inTurns).toContain(8)
    expect(inTurns.length).toBeGreaterThan(20)
  }
})
