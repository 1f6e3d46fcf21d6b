// A bare socket.io server as in ../bench/bare-server.mjs, which shares its rooms with others over Redis.
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { createClient } from 'redis'
import { Server } from 'socket.io'
import { serveBare } from '../bench/bare-handlers.mjs'

const sender = createClient({ url: process.env.REDIS_URL })
const receiver = sender.duplicate()
await Promise.all([sender.connect(), receiver.connect()])

const http = createServer()
const io = new Server(http, { serveClient: false, adapter: createAdapter(sender, receiver) })

serveBare(io, http)
