import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

export const noSuchPage = { status: 'failure', data: 'There is no such page' }

type Headers = Readonly<Record<string, string>>

export function answerJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Headers = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** How long a client that is refused an upgrade may take to read why. */
const partingMs = 1_000

/** Answers a request for an upgrade, which has no response object, and ends its connection. */
export function refuseUpgrade(socket: Duplex, status: number, body: object, headers: Headers = {}): void {
  const text = JSON.stringify(body)
  const all = {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.on('error', () => socket.destroy())
  // What is not read would reset the connection before the client has the answer.
  socket.resume()
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', text].join('\r\n'))
  const timer = setTimeout(() => socket.destroy(), partingMs)
  socket.once('close', () => clearTimeout(timer))
}
