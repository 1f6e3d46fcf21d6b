// A socket.io server as its documentation shows one: rooms, acknowledgements, and a log that outlives the process.
// node bare-server.mjs <log file> <recovery: on | off>
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const [file = '', recovery] = process.argv.slice(2)
const known = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : []
const seqs = new Map()
for (const line of known) {
  const { room, seq } = JSON.parse(line)
  seqs.set(room, seq)
}
const http = createServer()
const io = new Server(http, recovery === 'on' ? { connectionStateRecovery: {} } : {})
io.on('connection', (socket) => {
  socket.on('join', (room) => socket.join(room))
  socket.on('message', ({ room, text }, answer) => {
    const seq = (seqs.get(room) ?? 0) + 1
    seqs.set(room, seq)
    appendFileSync(file, `${JSON.stringify({ room, seq, text })}\n`)
    io.to(room).emit('message', { room, seq, text })
    answer?.({ seq })
  })
})
http.listen(0, '127.0.0.1', () => {
  console.log(`listens on http://127.0.0.1:${http.address().port}`)
})
process.on('SIGTERM', () => process.exit(0))
