import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

interface RoundRobinOptions {
  /** Whether it refuses upgrades, as some networks do. */
  readonly blocksWebSockets?: boolean
  /** How many requests reach the first server before the others go astray. */
  readonly luckyRequests?: number
}

/** A load balancer that sends each request to the next server, whichever connection it belongs to. It ends with the test. */
export async function openRoundRobin(
  urls: readonly string[],
  { blocksWebSockets, luckyRequests = 0 }: RoundRobinOptions = {},
) {
  const asked = { polling: 0, websocket: 0 }
  const webSockets = new Set<Duplex>()
  let turn = 0

  function pass({ url, method, headers }: IncomingMessage) {
    // An upgrade of a connection goes astray at once.
    const isLucky = asked.polling <= luckyRequests && !headers.upgrade
    if (!isLucky) turn += 1
    const { hostname, port } = new URL(urls[isLucky ? 0 : turn % urls.length] ?? '')
    return request({ host: hostname, port, path: url, method, headers })
  }

  const http = createServer((from, response) => {
    asked.polling += 1
    const to = pass(from)
    to.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    to.on('error', () => response.writeHead(502).end())
    from.pipe(to)
  })
  http.on('upgrade', (from, socket) => {
    asked.websocket += 1
    webSockets.add(socket)
    socket.on('close', () => webSockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (blocksWebSockets) return socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
    const to = pass(from)
    to.on('upgrade', ({ rawHeaders, statusCode, statusMessage }, server, head) => {
      const lines = rawHeaders.flatMap((name, at) => (at % 2 ? [] : [`${name}: ${rawHeaders[at + 1]}`]))
      socket.write([`HTTP/1.1 ${statusCode} ${statusMessage}`, ...lines, '', ''].join('\r\n'))
      server.unshift(head)
      server.on('error', () => server.destroy())
      server.on('close', () => socket.destroy())
      socket.on('close', () => server.destroy())
      server.pipe(socket).pipe(server)
    })
    to.on('response', () => socket.destroy())
    to.on('error', () => socket.destroy())
    to.end()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** How many requests have come of each kind. */
    asked,
    cutWebSockets() {
      for (const socket of webSockets) socket.destroy()
    },
  }
}
