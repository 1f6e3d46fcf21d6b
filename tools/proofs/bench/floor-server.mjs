// What no server of this design can go below: socket.io with our frames, byte for byte as long, one row of SQLite a message
// and the pages of its rooms. It validates nothing, knows and greets nobody, has no budgets, no lists, no presence, and one thread.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Server } from 'socket.io'

const packages = createRequire(new URL('../../../packages/server/package.json', import.meta.url))
const { DatabaseSync } = process.getBuiltinModule('node:sqlite') ?? packages('@photostructure/sqlite')
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
const { DATA_DIR: folder = ':memory:', PORT, HOST } = process.env
const db = new DatabaseSync(folder === ':memory:' ? folder : join(folder, 'floor.sqlite'))
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000')
db.exec(`CREATE TABLE entries (stream_n INTEGER, seq INTEGER, id TEXT, author TEXT, cid TEXT, text TEXT);
  CREATE UNIQUE INDEX entries_place ON entries (stream_n, seq);
  CREATE UNIQUE INDEX entries_cid ON entries (cid, stream_n, author)`)
const insert = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)')
const newest = db.prepare('SELECT text FROM entries WHERE stream_n = ? ORDER BY seq DESC LIMIT ?')

const rooms = new Map()
const epoch = newId()
let waiting = []

function roomOf(name) {
  const known = rooms.get(name)
  if (known) return known
  const room = { n: rooms.size, name, stream: `room:${name}`, seq: 0, last: null, page: undefined }
  rooms.set(name, room)
  return room
}

function pageOf(room) {
  const entries = newest.all(room.n, pageLength).map(({ text }) => text)
  const head = { seq: room.seq, nth: room.seq, id: room.last }
  const page = { stream: room.stream, epoch, head, first_seq: 1, more: true }
  return new Text(
    `{"status":"success","operation":"join","data":${JSON.stringify(page).slice(0, -1)},"entries":[${entries.reverse()}]}}`,
  )
}

function append({ user, message }) {
  const room = roomOf(message.room_id)
  room.seq += 1
  room.page = undefined
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
  insert.run(room.n, room.seq, id, user, cid, text)
  return { room, text }
}

/** Stores what has come in this turn, answers it, then sends it. */
function flush() {
  const batch = waiting
  waiting = []
  db.exec('BEGIN')
  const appended = batch.map(append)
  db.exec('COMMIT')
  const news = new Map()
  for (const [at, { room, text }] of appended.entries()) {
    batch[at].acknowledge(new Text(`{"status":"success","operation":"message_event","data":${text}}`))
    news.set(room, [...(news.get(room) ?? []), text])
  }
  for (const [{ name, stream }, texts] of news)
    io.to(name).emit('entries', new Text(`{"stream":"${stream}","epoch":"${epoch}","entries":[${texts}]}`))
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
    if (waiting.push({ user, message, acknowledge }) === 1) setImmediate(setImmediate, flush)
  })
})
http.listen(Number(PORT), HOST)
process.on('SIGTERM', () => process.exit(0))
