// What socket.io alone does for the purpose of our other requests: it passes on, acknowledges, and checks nothing but tokens.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'

const roomOf = (stream) => stream.slice('room:'.length)

/** Sockets that say so get handlers for more than messages; the others must not pay for them. */
export function serveRequests(io) {
  const parts = { io, waiting: [], rung: new Map(), texts: new Map() }
  io.use(({ handshake }, next) => next(isSigned(handshake.auth.token) ? undefined : new Error('not signed')))
  io.on('connection', (socket) => {
    if (socket.handshake.auth.has_requests) serve(socket, parts)
  })
}

/** A token of HS256 that has not expired; whoever brings none is let in, as the other rows need it. */
function isSigned(token) {
  if (token === undefined) return true
  const [head, claims, signature] = token.split('.')
  const expected = createHmac('sha256', process.env.TOKEN_SECRET).update(`${head}.${claims}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false
  return JSON.parse(Buffer.from(claims, 'base64url')).exp * 1_000 > Date.now()
}

function serve(socket, { io, waiting, rung, texts }) {
  const { user_id } = socket.handshake.auth
  void socket.join(user_id)
  const on = (event, answer) =>
    socket.on(event, (payload, acknowledge) => acknowledge({ status: 'success', data: answer(payload) }))

  on('send_messages', ({ stream, messages }) => {
    io.to(roomOf(stream)).emit('send_messages', { stream, messages })
    return { results: [] }
  })
  on('mark_read', ({ stream, nth }) => {
    socket.to(user_id).to(roomOf(stream)).emit('receipts', { stream, user_id, nth })
  })
  on('typing', ({ stream, is_typing }) => {
    socket.to(roomOf(stream)).emit('typing', { stream, user_id, is_typing })
  })
  on('react', (reaction) => {
    io.to(roomOf(reaction.stream)).emit('react', reaction)
  })

  // No store: texts in memory, each of which is looked at.
  on('keep_texts', ({ room, messages }) => {
    texts.set(room, messages)
  })
  on('search', ({ text, rooms: [room] }) => ({
    hits: texts.get(room).filter(({ message_data }) => message_data.includes(text)),
  }))
  on('create_upload', () => ({ upload_id: randomUUID() }))

  on('create_ticket', () => {
    const ticket = { _id: randomUUID(), user_id }
    waiting.push(ticket)
    return ticket
  })
  on('claim_next', () => {
    const ticket = waiting.shift()
    io.to(ticket.user_id).emit('ticket_updated', { data: ticket })
    return ticket
  })

  on('callUser', ({ userToCall, signalData: signal }) => {
    const callId = randomUUID()
    rung.set(callId, userToCall)
    io.to(userToCall).emit('callUser', { callId, signal })
    return { callId }
  })
  on('endCall', ({ callId }) => {
    io.to(rung.get(callId)).emit('callEnded', { callId })
    rung.delete(callId)
    return { callId }
  })
}
