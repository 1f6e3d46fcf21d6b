// The server that every ratio is measured against: socket.io, its handlers, no storage. Plain JavaScript, so that it
// runs without a loader, as the built server does.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { serveBare } from './bare-handlers.mjs'
import { serveRequests } from './bare-requests.mjs'

const http = createServer()
const io = new Server(http, { serveClient: false })

serveRequests(io)
serveBare(io, http)
