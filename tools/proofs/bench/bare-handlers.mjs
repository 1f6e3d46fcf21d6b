/** The two handlers of the bare servers: what socket.io alone does, and stores nothing. */
export function serveBare(io, http) {
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
}
