import { calls } from './cells/calls.ts'
import { claims } from './cells/claims.ts'
import { marks } from './cells/marks.ts'
import { batches, reactions } from './cells/messages.ts'
import { search } from './cells/search.ts'
import { tokens } from './cells/tokens.ts'
import { typing } from './cells/typing.ts'
import { uploads } from './cells/uploads.ts'
import { cpu, latency, type Row, rate } from './row.ts'

/** Rows of what is not only a message: without bars, each beside the cheapest that serves the same purpose. */
export function requestRows(some: (count: number) => number): readonly Row[] {
  return [
    {
      id: 'send-50',
      title: '50 messages in one request, 8 requests in flight',
      open: (server) => batches(server, { requests: some(600), inFlight: 8 }),
      lines: [...cpu('message'), rate('durable')],
    },
    {
      id: 'mark-read',
      title: 'read mark, one other device and one peer',
      open: (server) => marks(server, { rooms: some(600) }),
      lines: cpu('mark'),
    },
    {
      id: 'typing',
      title: 'typing begins or stops, room of 20, one at a time',
      open: (server) => typing(server, { groups: some(4), members: 20 }),
      lines: cpu('delivery'),
    },
    {
      id: 'reaction',
      title: 'reaction, room of 20, one at a time',
      open: (server) => reactions(server, { members: 20, messages: some(50) }),
      lines: cpu('delivery'),
    },
    {
      id: 'search',
      title: 'search for a word in a room of 50 messages',
      open: (server) => search(server, { searches: some(1_200) }),
      lines: [...cpu('search'), latency('durable')],
    },
    {
      id: 'upload',
      title: 'where to upload a file',
      open: (server) => uploads(server, { requests: some(1_000) }),
      lines: [...cpu('upload'), latency('durable')],
    },
    {
      id: 'token',
      title: 'connection with a signed token',
      open: (server) => tokens(server, { count: some(400) }),
      lines: cpu('connection'),
    },
    {
      id: 'claim',
      title: 'the first ticket of a line is claimed',
      open: (server) => claims(server, { tickets: some(400) }),
      lines: [...cpu('claim'), latency('durable')],
    },
    {
      id: 'ring',
      title: 'call that rings one device and is cancelled',
      open: (server) => calls(server, { calls: some(500) }),
      lines: [...cpu('call'), latency('durable')],
    },
  ]
}
