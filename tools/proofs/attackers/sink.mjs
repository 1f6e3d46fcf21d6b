// Reads what comes and does nothing with it: what attackers cost where nobody looks at what they send.
import { createServer } from 'node:net'

const server = createServer((socket) => {
  socket.resume()
  socket.on('error', () => {})
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit())
