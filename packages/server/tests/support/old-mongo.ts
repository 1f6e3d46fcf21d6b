import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { BSON } from 'mongodb'
import { onTestFinished } from 'vitest'

const reply = 1
const headerBytes = 36

/** Starts a server that only reports the protocol version of MongoDB 3.6; answers its port. */
export async function startOldMongo(): Promise<number> {
  const hello = { ismaster: true, minWireVersion: 0, maxWireVersion: 6, maxBsonObjectSize: 16_777_216, ok: 1 }
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (request) => answer(socket, request.readInt32LE(4), BSON.serialize(hello)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** The answer to the first message of a connection: an OP_REPLY with one document. */
function answer(socket: Socket, requestId: number, document: Uint8Array): void {
  const header = Buffer.alloc(headerBytes)
  header.writeInt32LE(headerBytes + document.length, 0)
  header.writeInt32LE(requestId, 8)
  header.writeInt32LE(reply, 12)
  header.writeInt32LE(1, 32)
  socket.write(Buffer.concat([header, document]))
}
