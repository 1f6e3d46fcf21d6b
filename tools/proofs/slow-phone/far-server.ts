import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The way to a server, on which what a WebSocket carries takes its time. */
export interface FarServer {
  readonly url: string
  readonly close: () => void
}

/**
 * Chromium delays the answers of requests, and the opening of a WebSocket, by the latency that it is told; but what goes over
 * a WebSocket it slows down by its size alone. Here each packet of one takes half a round trip, in each direction.
 */
export async function openFarServer(server: string, roundTripMs: number): Promise<FarServer> {
  const port = Number(new URL(server).port)
  const open = new Set<Socket>()
  const way = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.setNoDelay()
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    near.once('data', (first: Buffer) => {
      far.write(first)
      const isWebSocket = /^upgrade: websocket/im.test(first.toString('latin1'))
      pass(near, far, isWebSocket ? roundTripMs / 2 : 0)
      pass(far, near, isWebSocket ? roundTripMs / 2 : 0)
    })
  })
  way.listen(0, '127.0.0.1')
  await once(way, 'listening')
  return {
    // A server that listens on a port has an address of this kind.
    url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    close() {
      for (const socket of open) socket.destroy()
      way.close()
    },
  }
}

function pass(from: Socket, to: Socket, afterMs: number): void {
  if (afterMs === 0) from.pipe(to)
  else from.on('data', (packet) => setTimeout(() => to.write(packet), afterMs))
}
