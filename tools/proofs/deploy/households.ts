import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Reaches a port from another address of this machine, as the router of a household does. */
export interface Household {
  readonly address: string
  readonly url: string
  close(): void
}

/** @param n from 2 to 254: its address is `127.<n>.<n>.<n>` */
export async function openHousehold(n: number, port: number): Promise<Household> {
  const address = `127.${n}.${n}.${n}`
  const sockets = new Set<Socket>()
  const router = createServer((client) => {
    const server = connect({ port, host: '127.0.0.1', localAddress: address })
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => socket.destroy())
    }
    client.pipe(server).pipe(client)
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
  })
  router.listen(0, '127.0.0.1')
  await once(router, 'listening')
  return {
    address,
    url: `http://127.0.0.1:${(router.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy()
      router.close()
    },
  }
}
