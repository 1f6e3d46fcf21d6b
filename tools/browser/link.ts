import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection to a server that can be cut, and stays down until it is mended. */
export interface Link {
  readonly url: string
  readonly cut: () => void
  readonly mend: () => void
}

/** Opens a link to a server of this machine; it ends with the test. */
export async function openLink(server: string): Promise<Link> {
  const open = new Set<Socket>()
  let isCut = false
  const proxy = createServer((near) => {
    const far = connect(Number(new URL(server).port), '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
    if (isCut) near.destroy()
    else near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  function cut(): void {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  onTestFinished(() => {
    cut()
    proxy.close()
  })
  // A server that listens on a port has an address of this kind.
  const { port } = proxy.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    mend() {
      isCut = false
    },
  }
}
