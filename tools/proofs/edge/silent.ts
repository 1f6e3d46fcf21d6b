import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { startServer } from './server.ts'

const path = '/socket.io/?EIO=4&transport=websocket'
const request = [
  `GET ${path} HTTP/1.1`,
  'host: edge.example',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n')

/** Connections that never say who they are, all at once: how many are let in, what they cost and when they are gone. */
export async function silent(count: number) {
  const server = await startServer(
    'addressHandshakes=100000,addressHandshakesPerSecond=100000,handshakes=100000,handshakesPerSecond=100000',
  )
  try {
    await pause(2_000)
    const memoryBefore = server.memoryMb()
    const { port } = new URL(server.url)
    const start = performance.now()
    const sockets = Array.from({ length: count }, () => open(Number(port)))
    const answers = await Promise.all(sockets.map(({ answered }) => answered))
    const isIn = (_: unknown, n: number) => answers[n] === 101
    const memoryMb = Math.round(server.memoryMb() - memoryBefore)
    await Promise.all(sockets.filter(isIn).map(({ closed }) => closed))
    return {
      connections: count,
      let_in: answers.filter((status) => status === 101).length,
      refused: answers.filter((status) => status === 429).length,
      memory_mb: memoryMb,
      all_gone_s: Math.round((performance.now() - start) / 100) / 10,
    }
  } finally {
    await server.stop()
  }
}

function open(port: number): { answered: Promise<number>; closed: Promise<void> } {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(request)
  const answered = new Promise<number>((resolve) => {
    socket.once('data', (text: Buffer) => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(String(text))?.[1])))
    socket.once('close', () => resolve(0))
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return { answered, closed }
}
