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

interface Reading {
  /** Sends texts in one write, which the server reads at once, and answers how many were read in each turn of the event loop. */
  send(texts: readonly string[]): Promise<number[]>
}

async function connected(): Promise<Reading> {
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

const numbered = (count: number) => Array.from({ length: count }, (_, at) => String(at))

// Fails where a new `ws` reads in another way.
it('[BG18] reads 32 frames of a connection in a turn of the event loop, however many have come together', async () => {
  const { send } = await connected()
  expect(await send(numbered(320))).toEqual(Array.from({ length: 10 }, () => 32))
})

it('[BG18] reads in one turn what came together and is fewer, so that it is told together', async () => {
  const { send } = await connected()
  for (let times = 0; times < 12; times++) expect(await send(numbered(20))).toEqual([20])
})
