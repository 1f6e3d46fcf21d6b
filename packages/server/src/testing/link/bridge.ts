import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { createLanes, type Faults } from './faults.ts'

const endpoint = new WebSocketServer({ noServer: true, perMessageDeflate: false })

/** A WebSocket of a client, and the one to the server that belongs to it. */
export interface Bridge {
  readonly far: WebSocket
  /** Nothing passes any more; neither side learns of it. */
  readonly mute: () => void
}

export interface BridgeOptions {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly server: string
  readonly faults: Faults
  readonly onOpen: (bridge: Bridge) => void
}

/** Opens a WebSocket to the server, as the client has asked for, and then the client's own. */
export function openBridge({ request, socket, head, server, faults, onOpen }: BridgeOptions): WebSocket {
  const url = new URL(request.url ?? '/', server.replace(/^http/, 'ws'))
  const far = new WebSocket(url, { headers: headersOf(request), perMessageDeflate: false })
  far.on('error', () => socket.destroy())
  far.on('unexpected-response', (_, { statusCode, statusMessage }) => {
    socket.end(`HTTP/1.1 ${statusCode} ${statusMessage}\r\nconnection: close\r\n\r\n`)
  })
  far.on('open', () => {
    endpoint.handleUpgrade(request, socket, head, (near) => onOpen(join(near, far, faults)))
  })
  return far
}

/** Those of the handshake itself are made anew. */
function headersOf({ headers }: IncomingMessage): Record<string, string | string[] | undefined> {
  const own = /^(connection|upgrade|sec-websocket-.*)$/
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)))
}

function join(near: WebSocket, far: WebSocket, faults: Faults): Bridge {
  const { toServer, toClient } = createLanes(faults)
  let isMuted = false
  const sides = [
    [near, far, toServer],
    [far, near, toClient],
  ] as const
  for (const [one, other, lane] of sides) {
    one.on('message', (data, isBinary) => {
      if (isMuted) return
      if (isBinary) return other.send(data)
      void lane.pass([String(data)]).then((packets) => {
        for (const packet of packets) if (!isMuted && other.readyState === WebSocket.OPEN) other.send(packet)
      })
    })
    one.on('error', () => one.terminate())
    one.on('close', (code, reason) => {
      if (isMuted) return
      // 1000 and 1001 are of sides that said goodbye.
      if (code === 1000 || code === 1001) other.close(code, reason)
      else other.terminate()
    })
  }
  return {
    far,
    mute() {
      isMuted = true
      near.pause()
    },
  }
}
