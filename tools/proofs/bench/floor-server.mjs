// What no server of this design can go below: socket.io with our frames, byte for byte as long, one row of SQLite a message
// and the pages of its rooms. It validates nothing, knows and greets nobody, has no budgets, no lists, no presence. What goes to a
// disk is written in a second thread: a server that waits for its disk lets everybody else wait too.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { Server } from 'socket.io'
import { inMemory, openRows } from './floor-rows.mjs'

const packages = createRequire(new URL('../../../packages/server/package.json', import.meta.url))
const { v7: newId } = packages('uuid')
const { Decoder, Encoder } = packages('socket.io-parser')

/** A text that is JSON already. */
class Text {
  constructor(text) {
    this.text = text
  }
}

/** socket.io's encoder, which writes texts as they are. */
class TextEncoder extends Encoder {
  encode({ type, id, data }) {
    if (!Array.isArray(data)) return super.encode({ type, id, data, nsp: '/' })
    const items = data.map((item) => (item instanceof Text ? item.text : JSON.stringify(item)))
    return [`${type}${id ?? ''}[${items.join(',')}]`]
  }
}

const pageLength = 50
const { DATA_DIR: folder = inMemory, PORT, HOST } = process.env
const { write, newest } = openRows(folder)
const writer =
  folder === inMemory
    ? undefined
    : new Worker(new URL('./floor-rows.mjs', import.meta.url), { workerData: { floor: folder } })
writer?.on('message', written)

const rooms = new Map()
const epoch = newId()
/** What has come in, and what is being written. */
let waiting = []
let writing = []

function roomOf(name) {
  const known = rooms.get(name)
  if (known) return known
  const room = { n: rooms.size, name, stream: `room:${name}`, seq: 0, last: null, page: undefined }
  rooms.set(name, room)
  return room
}

function pageOf(room) {
  const entries = newest(room.n, pageLength)
  const head = { seq: room.seq, nth: room.seq, id: room.last }
  const page = { stream: room.stream, epoch, head, first_seq: 1, more: true }
  return new Text(
    `{"status":"success","operation":"join","data":${JSON.stringify(page).slice(0, -1)},"entries":[${entries.reverse()}]}}`,
  )
}

function append({ user, message, acknowledge }) {
  const room = roomOf(message.room_id)
  room.seq += 1
  const { cid, message_data } = message
  const id = newId()
  room.last = id
  const place = { _id: id, stream: room.stream, seq: room.seq, nth: room.seq, type: 'message', kind: 'text' }
  const said = { cid, message_data, author: user, display_name: null, reply_to: null }
  const text = JSON.stringify({
    ...place,
    ...said,
    created_at: new Date().toISOString(),
    client_created_at: null,
  })
  return { room, text, acknowledge, row: [room.n, room.seq, id, user, cid, text] }
}

/** Stores what has come in this turn. */
function flush() {
  writing = waiting.map(append)
  waiting = []
  const rows = writing.map(({ row }) => row)
  if (writer) return writer.postMessage(rows)
  write(rows)
  written()
}

/** Answers what is stored, then sends it. */
function written() {
  const news = new Map()
  for (const { room, text, acknowledge } of writing) {
    room.page = undefined
    acknowledge(new Text(`{"status":"success","operation":"message_event","data":${text}}`))
    news.set(room, [...(news.get(room) ?? []), text])
  }
  writing = []
  for (const [{ name, stream }, texts] of news)
    io.to(name).emit('entries', new Text(`{"stream":"${stream}","epoch":"${epoch}","entries":[${texts}]}`))
  if (waiting.length > 0) flush()
}

const http = createServer()
const io = new Server(http, { serveClient: false, parser: { Encoder: TextEncoder, Decoder } })
// What leaves together is one write, as with us.
io.engine.on('connection', ({ transport }) => {
  const { send, socket } = transport
  transport.send = (packets) => {
    const tcp = socket?._socket
    tcp?.cork()
    send.call(transport, packets)
    tcp?.uncork()
  }
})
io.on('connection', (socket) => {
  const user = socket.handshake.auth.user_id
  socket.on('join', ({ room: name }, acknowledge) => {
    void socket.join(name)
    const room = roomOf(name)
    room.page ??= pageOf(room)
    acknowledge(room.page)
  })
  socket.on('message_event', (message, acknowledge) => {
    const isFirst = waiting.push({ user, message, acknowledge }) === 1
    if (isFirst && writing.length === 0) setImmediate(setImmediate, flush)
  })
})
http.listen(Number(PORT), HOST)
process.on('SIGTERM', () => process.exit(0))
