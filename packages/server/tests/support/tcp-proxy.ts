import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a proxy does with what it is sent. */
export type ProxyFault =
  /** Takes it, and passes nothing on, in either direction. */
  | 'hangs'
  /** Passes on what is asked, and no answer. */
  | 'loses answers'
  /** Passes on what is asked, and no answer on a connection from the first such request on. */
  | { readonly losesAnswersTo: (request: Buffer) => boolean }
  /** Takes no connection, and breaks those that are there. */
  | 'refuses'
  /** Passes everything on, so many milliseconds later. */
  | { readonly delayMs: number }

/** A way to a server that can be made bad. */
export interface TcpProxy {
  readonly port: number
  /** undefined makes it good again; what was held back meanwhile is lost with its connection. */
  set(fault: ProxyFault | undefined): void
}

/** Starts a proxy that lives as long as the test. */
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
      // Half an answer must not be continued by the next.
      if (next === undefined || next === 'refuses') breakAll()
      fault = next
    },
  }
}
