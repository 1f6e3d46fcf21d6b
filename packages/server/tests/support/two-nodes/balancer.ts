import { once } from 'node:events'
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Stands in front of servers, as a load balancer that keeps sessions: whoever is new goes to the next server. */
export interface Balancer {
  readonly url: string
  close(): Promise<void>
}

/** Opens it on a free port of this machine. */
export async function openBalancer(urls: readonly string[]): Promise<Balancer> {
  const ports = urls.map((url) => Number(new URL(url).port))
  const portOfSession = new Map<string, number>()
  const sockets = new Set<Duplex>()
  let next = 0

  function portFor(request: IncomingMessage): number {
    const session = /[?&]sid=([^&]+)/.exec(request.url ?? '')?.[1]
    const known = session === undefined ? undefined : portOfSession.get(session)
    return known ?? (ports[next++ % ports.length] as number)
  }

  function pass(request: IncomingMessage, response: ServerResponse): void {
    const { method, url: path, headers } = request
    const port = portFor(request)
    const passed = ask({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('data', (part: Buffer) => {
        const session = /^0\{"sid":"([^"]+)"/.exec(part.toString('latin1', 0, 200))?.[1]
        if (session !== undefined) portOfSession.set(session, port)
      })
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    })
    passed.on('error', () => response.destroy())
    response.on('close', () => passed.destroy())
    request.pipe(passed)
  }

  function upgrade(request: IncomingMessage, client: Duplex, head: Buffer): void {
    const server = connect(portFor(request), '127.0.0.1')
    const fields = pairsOf(request.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`)
    server.write(`${request.method} ${request.url} HTTP/1.1\r\n${fields.join('')}\r\n`)
    server.write(head)
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }

  const server = createServer(pass).on('upgrade', upgrade).listen(0, '127.0.0.1')
  server.on('connection', (socket: Socket) => socket.setNoDelay(true))
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []))
}
