// Sends frames to all of its sockets, compressed as its parent asks, and says how many bytes that were.
import { WebSocketServer } from 'ws'

// As engine.io has it: it decides by the length itself.
const threshold = 1024
const options = {
  off: false,
  'level 1': { zlibDeflateOptions: { level: 1 } },
  default: {},
}
const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  perMessageDeflate: options[process.argv[2]],
})

function written() {
  return [...server.clients].reduce((bytes, socket) => bytes + socket._socket.bytesWritten, 0)
}

function send(socket, frame) {
  const compress = frame.length >= threshold
  return new Promise((resolve, reject) =>
    socket.send(frame, { compress }, (error) => (error ? reject(error) : resolve(undefined))),
  )
}

process.on('message', async ({ frames, times }) => {
  const before = written()
  for (let time = 0; time < times; time += 1) {
    const frame = frames[time % frames.length]
    await Promise.all([...server.clients].map((socket) => send(socket, frame)))
  }
  process.send({ bytes: written() - before })
})
process.on('disconnect', () => process.exit())
server.on('listening', () => process.send({ port: server.address().port }))
