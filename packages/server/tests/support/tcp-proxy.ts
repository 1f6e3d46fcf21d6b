import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** How a proxy misbehaves. */
export type ProxyFault =
  /** Reads everything, and passes nothing on in either direction. */
  | 'hangs'
  /** Passes on requests, and no answers. */
  | 'loses answers'
  /** Passes on requests. On each connection it drops all answers from the first matching request on. */
  | { readonly losesAnswersTo: (request: Buffer) => boolean }
  /** Breaks all connections, and accepts no new ones. */
  | 'refuses'
  /** Passes everything on after so many milliseconds. */
  | { readonly delayMs: number }

/** A proxy to a server, which can misbehave on demand. */
export interface TcpProxy {
  readonly port: number
  /** Sets a fault; undefined removes it. Data that was held back is lost with its connection. */
  set(fault: ProxyFault | undefined): void
}

/** Starts a proxy, which ends with the test. */
export async function startProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let fault: ProxyFault | undefined
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    if (fault === 'refuses') {
      client.destroy()
      return
    }
    const upstream = connect(target.port, target.host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
      socket.on('error', () => socket.destroy())
    }
    let isMute = false
    client.on('data', (data) => {
      isMute ||= typeof fault === 'object' && 'losesAnswersTo' in fault && fault.losesAnswersTo(data)
      pass(data, upstream, 'hangs')
    })
    upstream.on('data', (data) => {
      if (!isMute) pass(data, client, 'hangs', 'loses answers')
    })
  })

  function pass(data: Buffer, to: Socket, ...stoppedBy: readonly ProxyFault[]): void {
    if (typeof fault === 'object' && 'delayMs' in fault) setTimeout(() => to.write(data), fault.delayMs)
    else if (!fault || !stoppedBy.includes(fault)) to.write(data)
  }

  function breakAll(): void {
    for (const socket of sockets) socket.destroy()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    breakAll()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      // Otherwise the next answer would continue half of a dropped one.
      if (next === undefined || next === 'refuses') breakAll()
      fault = next
    },
  }
}
