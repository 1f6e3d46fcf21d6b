import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import { until } from './sockets.ts'

export interface Tcp {
  /** What has come, a byte a character. */
  readonly received: string
  readonly isClosed: boolean
  send(data: string | Buffer): void
  /** Waits until what has come matches. */
  untilReceived(pattern: RegExp): Promise<RegExpExecArray>
  closed(): Promise<void>
  destroy(): void
}

/** A plain connection, on which a test may send what it likes. */
export async function openTcp(url: string): Promise<Tcp> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  let received = ''
  let isClosed = false
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    received += text
  })
  socket.on('close', () => {
    isClosed = true
  })
  // A server that hangs up is what these tests wait for.
  socket.on('error', () => undefined)
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const tcp: Tcp = {
    get received() {
      return received
    },
    get isClosed() {
      return isClosed
    },
    send: (data) => void socket.write(data),
    async untilReceived(pattern) {
      await until(() => {
        if (!pattern.test(received)) throw new Error(`Received no ${pattern}, but ${received}`)
      })
      return pattern.exec(received) as RegExpExecArray
    },
    closed: () =>
      until(() => {
        if (!isClosed) throw new Error(`Still open, after ${received}`)
      }),
    destroy: () => void socket.destroy(),
  }
  return tcp
}

/** The text of an HTTP request. */
export function httpText(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  start = 'GET',
): string {
  const lines = Object.entries({ host: 'chat.example', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return [`${start} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

/** A WebSocket of which a test writes every byte. Its handshake is done. */
export async function openTcpWebSocket(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Tcp> {
  const tcp = await openTcp(url)
  tcp.send(
    httpText('/socket.io/?EIO=4&transport=websocket', {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    }),
  )
  await tcp.untilReceived(/"maxPayload":\d+}/)
  return tcp
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

interface FrameShape {
  readonly opcode: number
  readonly isLast?: boolean
  readonly isMasked?: boolean
  /** Of the three reserved bits. */
  readonly reserved?: number
}

/** A WebSocket frame, with a mask of zeros, which leaves the text as it is. */
export function wsFrame(text: string, shape: FrameShape): Buffer {
  const { opcode, isLast = true, isMasked = true, reserved = 0 } = shape
  const payload = Buffer.from(text)
  const { length } = payload
  const first = (isLast ? 128 : 0) | (reserved << 4) | opcode
  const mask = isMasked ? 128 : 0
  const head = length < 126 ? [first, mask | length] : [first, mask | 126, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), Buffer.alloc(isMasked ? 4 : 0), payload])
}
