import { type Hello, limits, protocolVersion, pushes, type RequestName, requests } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import * as z from 'zod/mini'
import { type Address, streamAddress } from '../../delivery/audience.ts'
import type { NewEntry } from '../../delivery/broadcaster.ts'
import { Encoded } from '../../delivery/encoded.ts'
import { RequestError } from '../../errors.ts'
import { authenticate } from '../../identity/authenticate.ts'
import type { Identity } from '../../identity/identity.ts'
import type { IsOffered } from '../../identity/offers.ts'
import { allowedRequests } from '../../identity/permissions.ts'
import { isoNow } from '../../time.ts'
import {
  type Dialect,
  type DialectOptions,
  emitTo,
  emitToReading,
  emitVolatile,
  isAnybodyAt,
  laggingIn,
  payloadOf,
  refuseOtherWorkspace,
  roomUnder,
} from './dialect.ts'

// A map, because an event may be called `__proto__`.
const names = new Map<unknown, RequestName>(Object.keys(requests).map((name) => [name, name as RequestName]))
/** What may be lost. */
const volatileFacts: ReadonlySet<string> = new Set(['typing', 'thread_updated'])
/** What those who read slowly do without. */
const steps: ReadonlySet<string> = new Set(['message_draft'])
const pushSchemas = new Map<string, z.core.$ZodType>(Object.entries(pushes))

function roomOf(address: Address): string {
  return roomUnder('current', address)
}

/** The dialect of our SDK: the contract's own events. */
export function currentDialect({ io, ...ways }: DialectOptions): Dialect {
  return {
    name: 'current',
    protocol: protocolVersion,
    hasDevices: true,
    leavesForGood: false,
    showsRead: false,
    hearsFacts: true,
    checksReplies: true,
    hearsMinutes: false,
    provesUsers: true,
    roomOf,

    identify(handshake) {
      return authenticate(handshake, handshake.device_id ?? uuid(), ways)
    },

    addressOf(socket) {
      return socket.data.session.user_id
    },

    greet(socket, guest_token) {
      socket.emit('hello', helloTo(socket.data, ways.isOffered, guest_token))
    },

    joinRooms(socket) {
      const { workspace_id, user_id, user_ids, role, device_id } = socket.data.session
      const rooms = [
        // What is for one of the guests whom the user was is for the user.
        ...user_ids.map((id) => roomOf({ kind: 'user', workspace_id, user_id: id })),
        roomOf({ kind: 'device', workspace_id, user_id, device_id }),
      ]
      if (role !== 'customer') rooms.push(roomOf({ kind: 'agents', workspace_id }))
      if (role === 'admin') rooms.push(roomOf({ kind: 'admins', workspace_id }))
      void socket.join(rooms)
    },

    read(socket, event, args) {
      const name = names.get(event)
      if (!name) throw new RequestError('unknown_event', 'There is no such request')
      const payload = payloadOf(args)
      const { session, credential } = socket.data
      refuseOtherWorkspace(payload, session)
      return { name, payload, session, credential }
    },

    mistakes: { limit: 'invalidRequests', codes: new Set(['invalid_payload', 'unknown_event']) },

    knowsRequest(event) {
      return names.has(event)
    },

    sendEnd(socket, failure) {
      socket.emit('error_response', failure)
    },

    sendFailure(socket, _event, failure) {
      socket.emit('error_response', failure)
    },

    knows(fact) {
      return pushSchemas.has(fact)
    },

    push(to, fact, data) {
      const schema = pushSchemas.get(fact)
      if (!schema || !isAnybodyAt(io, roomOf, to.addresses)) return
      if (volatileFacts.has(fact)) emitVolatile(io, roomOf, to, fact, z.parse(schema, data))
      else if (steps.has(fact)) emitToReading(io, roomOf, to, fact, z.parse(schema, data))
      else emitTo(io, roomOf, to, fact, z.parse(schema, data))
    },

    broadcast(key, epoch, entries) {
      const room = roomOf(streamAddress(key))
      const { rooms } = io.of('/').adapter
      const sockets = rooms.get(room)
      if (!sockets) return 0
      const lagging = laggingIn(room)
      const receivers = rooms.has(lagging) ? io.local.to(room).except(lagging) : io.local.to(room)
      for (const texts of chunks(entries)) {
        const frame = `{"stream":${JSON.stringify(key.stream)},"epoch":"${epoch}","entries":[${texts.join(',')}]}`
        receivers.emit('entries', new Encoded(frame))
      }
      return sockets.size
    },

    sendHeads(socket, heads) {
      socket.emit('heads', new Encoded(`{"heads":[${heads.map(({ text }) => text).join(',')}]}`))
    },
  }
}

/** Says who a connection is, and what it may use of what the server offers. */
export function helloTo(identity: Identity, isOffered: IsOffered, guest_token?: string): Hello {
  const { workspace_id, user_id, role, name, is_guest, user_ids } = identity.session
  const { credential } = identity
  const expires_at = credential.kind === 'token' ? credential.expires_at : null
  return {
    protocol: protocolVersion,
    features: [],
    workspace_id,
    user_id,
    role,
    name,
    is_guest,
    guest_ids: user_ids.slice(1),
    ...(guest_token !== undefined && { guest_token }),
    can: allowedRequests(identity).filter((name) => isOffered(name, workspace_id)),
    expires_at: expires_at === null ? null : new Date(expires_at).toISOString(),
    server_time: isoNow(),
    limits,
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
