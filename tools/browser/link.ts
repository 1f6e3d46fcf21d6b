import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection to a server that can be cut, and stays down until it is mended. */
export interface Link {
  readonly url: string
  readonly cut: () => void
  readonly mend: () => void
  /** Takes nothing from the server any more, and passes on what clients send. */
  readonly stall: () => void
  /** Takes everything again. */
  readonly flow: () => void
  /** Loses one WebSocket frame of the server's, the next with this text in it. Resolves when it is lost. */
  readonly lose: (text: string) => Promise<void>
}

/** The first byte of a WebSocket frame that has a text. */
const textFrame = 0x81

/** Opens a link to a server of this machine; it ends with the test. */
export async function openLink(server: string): Promise<Link> {
  const open = new Set<Socket>()
  const fars = new Set<Socket>()
  let isCut = false
  let isStalled = false
  let losing: { text: string; onLost: () => void } | undefined
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
    fars.add(far)
    far.on('close', () => fars.delete(far))
    if (isCut) near.destroy()
    near.pipe(far)
    far.on('data', (data) => {
      // A frame that comes alone comes in one piece.
      if (losing === undefined || data[0] !== textFrame || !data.includes(losing.text))
        return near.write(data)
      losing.onLost()
      losing = undefined
    })
    if (isStalled) far.pause()
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
    stall() {
      isStalled = true
      for (const far of fars) far.pause()
    },
    flow() {
      isStalled = false
      for (const far of fars) far.resume()
    },
    lose: (text) => new Promise((onLost) => (losing = { text, onLost })),
  }
}
