// The server that every ratio is measured against: socket.io, two handlers, no storage. Plain JavaScript, so that it
// runs without a loader, as the built server does.
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const http = createServer()
const io = new Server(http, { serveClient: false })

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
