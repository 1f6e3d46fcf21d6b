import {
  limits,
  type PushOf,
  protocolVersion,
  pushes,
  type RequestName,
  requests,
} from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { socketRoom, streamAddress } from '../../delivery/audience.ts'
import { Encoded } from '../../delivery/encoded.ts'
import type { NewEntry } from '../../delivery/teller.ts'
import { RequestError } from '../../errors.ts'
import type { ChatIo } from '../socket.ts'
import { type Dialect, payloadOf, refuseOtherWorkspace } from './dialect.ts'

// A map, because an event may be called `__proto__`.
const names = new Map<unknown, RequestName>(Object.keys(requests).map((name) => [name, name as RequestName]))
const pushSchemas = new Map<string, z.core.$ZodType>(Object.entries(pushes))

/** The dialect that our SDK speaks. */
export function currentDialect(io: ChatIo): Dialect {
  return {
    greet(socket) {
      const { workspace_id, user_id, role, name } = socket.data.session
      const server_time = new Date().toISOString()
      const who = { workspace_id, user_id, role, name, server_time }
      const hello: PushOf<'hello'> = { protocol: protocolVersion, features: [], ...who, limits }
      socket.emit('hello', hello)
    },

    welcome(socket) {
      const { workspace_id, user_id, role, device_id } = socket.data.session
      const rooms = [
        socketRoom('current', { kind: 'user', workspace_id, user_id }),
        socketRoom('current', { kind: 'device', workspace_id, user_id, device_id }),
      ]
      if (role !== 'customer') rooms.push(socketRoom('current', { kind: 'agents', workspace_id }))
      void socket.join(rooms)
    },

    read(socket, event, args) {
      const name = names.get(event)
      if (!name) throw new RequestError('unknown_event', 'There is no such request')
      const payload = payloadOf(args)
      refuseOtherWorkspace(payload, socket.data.session)
      return { name, payload, session: socket.data.session }
    },

    fail(socket, _event, failure) {
      socket.emit('error_response', failure)
    },

    push({ addresses, except }, fact, data) {
      const schema = pushSchemas.get(fact)
      // socket.io takes no rooms for all.
      if (!schema || addresses.length === 0) return
      const rooms = addresses.map((address) => socketRoom('current', address))
      io.to(rooms)
        .except(except ?? [])
        .emit(fact, z.parse(schema, data))
    },

    broadcast(key, epoch, entries) {
      const room = socketRoom('current', streamAddress(key))
      if (!io.of('/').adapter.rooms.has(room)) return
      for (const texts of chunks(entries)) {
        const frame = `{"stream":${JSON.stringify(key.stream)},"epoch":"${epoch}","entries":[${texts.join(',')}]}`
        io.local.to(room).emit('entries', new Encoded(frame))
      }
    },
  }
}

/** A frame of entries is bounded like a page. */
function chunks(entries: readonly NewEntry[]): string[][] {
  const frames: string[][] = [[]]
  let size = 0
  for (const { text } of entries) {
    const frame = frames.at(-1) as string[]
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    const bytes = text.length * 3
    if (frame.length > 0 && (size + bytes > limits.page_bytes || frame.length === limits.page_entries)) {
      frames.push([text])
      size = bytes
    } else {
      frame.push(text)
      size += bytes
    }
  }
  return frames
}
