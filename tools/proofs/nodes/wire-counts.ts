import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const lengthBytes = 4
const operationAt = 12
const message = 2013
/** Header, flags, the kind of the first section, its document's length and its first field's type come before the name. */
const nameAt = 16 + 4 + 1 + 4 + 1

/** Calls `take` for each message of MongoDB's protocol in a stream of bytes. */
function splitter(take: (frame: Buffer) => void): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (data) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data])
    while (rest.length >= lengthBytes && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0)
      take(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  }
}

function commandIn(frame: Buffer): string {
  if (frame.readInt32LE(operationAt) !== message) return 'other'
  return frame.toString('latin1', nameAt, frame.indexOf(0, nameAt))
}

/** A way to a MongoDB that counts the commands that pass. */
export interface CountingWay {
  readonly url: string
  /** The commands so far, by name, and `refused inserts`: those with a key that was taken. */
  counts(): Record<string, number>
  close(): void
}

/** Opens a way to the database at this address. */
export async function countingWay(url: string): Promise<CountingWay> {
  const ownUrl = new URL(url)
  const { hostname, port } = ownUrl
  const counted = new Map<string, number>()
  const count = (name: string) => void counted.set(name, (counted.get(name) ?? 0) + 1)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    const asked = splitter((frame) => count(commandIn(frame)))
    const answered = splitter((frame) => void (frame.includes('writeErrors') && count('refused inserts')))
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', asked)
    upstream.on('data', answered)
    client.pipe(upstream)
    upstream.pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ownUrl.port = String((server.address() as AddressInfo).port)
  return {
    url: ownUrl.href,
    counts: () => Object.fromEntries(counted),
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
