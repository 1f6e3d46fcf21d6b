import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy in front of two servers, as a load balancer: connections stay where they are, new ones go to the target. */
export interface SwitchingProxy {
  readonly url: string
  switchTo(url: string): void
  close(): void
}

/** @param localAddress where its connections come from, as the server sees it */
export async function openProxy(firstUrl: string, localAddress = '127.0.0.1'): Promise<SwitchingProxy> {
  let port = portOf(firstUrl)
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect({ port, host: '127.0.0.1', localAddress })
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => socket.destroy())
    }
    client.pipe(server).pipe(client)
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    switchTo(url) {
      port = portOf(url)
    },
    close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}
