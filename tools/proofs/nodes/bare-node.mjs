// A bare socket.io server as in ../bench/bare-server.mjs, which shares its rooms with others over Redis.
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { createClient } from 'redis'
import { Server } from 'socket.io'

const sender = createClient({ url: process.env.REDIS_URL })
const receiver = sender.duplicate()
await Promise.all([sender.connect(), receiver.connect()])

const http = createServer()
const io = new Server(http, { serveClient: false, adapter: createAdapter(sender, receiver) })

io.on('connection', (socket) => {
  socket.on('join', ({ room }, acknowledge) => {
    void socket.join(room)
    acknowledge({ status: 'success' })
  })
  socket.on('message_event', (message, acknowledge) => {
    acknowledge({ status: 'success' })
    io.to(message.room_id).emit('message_event', message)
  })
})

http.listen(Number(process.env.PORT), process.env.HOST)
process.on('SIGTERM', () => process.exit(0))
