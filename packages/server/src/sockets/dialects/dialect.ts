import type { ErrorCode, Failure, Handshake, RequestName, Session, StreamHead } from '@dowellchat/protocol'
import type { Address, Audience } from '../../delivery/audience.ts'
import type { Broadcast } from '../../delivery/broadcaster.ts'
import type { Encoded } from '../../delivery/encoded.ts'
import type { Facts } from '../../delivery/facts.ts'
import type { LineKey } from '../../delivery/line-reading.ts'
import type { Streams } from '../../delivery/streams.ts'
import { RequestError } from '../../errors.ts'
import type { Audit } from '../../identity/audit.ts'
import type { Ways } from '../../identity/authenticate.ts'
import type { Identity } from '../../identity/identity.ts'
import type { IsOffered } from '../../identity/offers.ts'
import type { Refusals } from '../../identity/refusals.ts'
import type { AllLimits } from '../../limits.ts'
import type { Nodes } from '../../nodes/nodes.ts'
import { type CallStore, type StreamKey, streamKeyOf } from '../../stores/store.ts'
import type { ChatIo, ChatSocket } from '../socket.ts'

/** What the dialects need of the server. */
export interface DialectOptions extends Ways {
  readonly refusals: Refusals
  readonly audit: Pick<Audit, 'refused'>
  readonly io: ChatIo
  readonly limits: AllLimits
  readonly isOffered: IsOffered
  /** Lists a device's open calls, once the earlier requests of its socket are handled. */
  readonly openCalls: CallStore['listOpen']
  /** Whether a V2 page may answer on one of its sockets what rings at another. */
  readonly samePage: boolean
  readonly nodes: Pick<Nodes, 'ask' | 'answer' | 'read'>
}

/** A request of the contract, as a dialect has read it from an event. */
export interface ReadRequest extends Identity {
  readonly name: RequestName
  /** In the contract's form, not parsed yet. */
  readonly payload: unknown
  /** Answers the request with what the store must be asked for first; without it nothing is lacking. */
  readonly complete?: () => Promise<ReadRequest>
  /** Runs once the request has succeeded, just before it is answered. `follow` comes before a stream's new subscriber. */
  readonly subscribe?: (data: unknown, follow: Streams['follow']) => Promise<void> | void
  /** Sends the answer as events, if the client asked for no acknowledgement. Without this function success is silent. */
  readonly answer?: (data: unknown) => void
}

/** How the server talks to one kind of socket. Everything that differs between the kinds is here. */
export interface Dialect {
  /** How metrics name it. */
  readonly name: string
  /** The handshake's `protocol` of its sockets. */
  readonly protocol: number | undefined
  /** Whether a socket names its device, of which only the newest socket stays. */
  readonly hasDevices: boolean
  /** Whether a ticket's messages say whether the other side has read them. */
  readonly showsRead: boolean
  /** Whether what happens to a ticket is among its messages: V2's pages get what people have written alone. */
  readonly hearsFacts: boolean
  /** Whether leaving a room takes it off the list of whoever leaves. */
  readonly leavesForGood: boolean
  /** Whether the users of its requests are proved, and not only claimed. */
  readonly provesUsers: boolean
  /** Whether it is told how many minutes its tickets wait, where others are told how their lines move. */
  readonly hearsMinutes: boolean
  /** Whether `reply_to` has to name a message: V2's pages send whatever they like. */
  readonly checksReplies: boolean
  /** Who a new socket is, yet without the guests whom they were. Fails with `unauthenticated`. */
  identify(handshake: Handshake, socketId: string): Promise<Identity>
  /** The socket.io room of this dialect's sockets at an address. No other dialect uses a room of that name. */
  roomOf(address: Address): string
  /** The address under which others can call the socket's user. */
  addressOf(socket: ChatSocket): string
  /** Sends the first frames to a socket; runs before it is connected. @param guestToken what a guest comes back with */
  greet(socket: ChatSocket, guestToken?: string): void
  /** Joins the rooms that a socket is in from its start. */
  joinRooms(socket: ChatSocket): void
  /**
   * Reads an event as a request; a promise only where the store must be asked who it is from. Throws a `RequestError` if
   * this dialect has no such request.
   */
  read(socket: ChatSocket, event: unknown, args: readonly unknown[]): ReadRequest | Promise<ReadRequest>
  /** Which failures of a socket count until it is closed, and the limit on their number. */
  readonly mistakes: {
    readonly limit: 'invalidRequests' | 'invalidRequestsV2'
    readonly codes: ReadonlySet<ErrorCode>
  }
  /** Whether this dialect has such a request. */
  knowsRequest(event: unknown): boolean
  /** Says why a connection is closed. */
  sendEnd(socket: ChatSocket, failure: Failure): void
  /** Sends a failure as an event, if the client asked for no acknowledgement. */
  sendFailure(socket: ChatSocket, event: unknown, failure: Failure): void
  /** Whether `push` sends this fact. */
  knows(fact: keyof Facts): boolean
  /** Sends a fact to the sockets of this dialect in the audience, if this dialect's clients know it. */
  push<K extends keyof Facts>(to: Audience, fact: K, data: Facts[K]): void
  /** Sends new entries to the sockets of this dialect that are subscribed to the stream, but not to those that lag. */
  readonly broadcast: Broadcast
  /** Says where streams end, so that a client can fetch what it lacks. Missing where clients cannot. */
  readonly sendHeads?: (socket: ChatSocket, heads: readonly Encoded<StreamHead>[]) => void
}

/**
 * The socket.io room of an address in a dialect. Ids contain no line feeds, so no two addresses share a room, and none but a
 * socket's own has the room that socket.io creates for each socket id.
 */
export function roomUnder(prefix: string, address: Address): string {
  switch (address.kind) {
    case 'stream':
      return `${prefix}\nstream\n${address.workspace_id}\n${address.stream}`
    case 'agents':
      return `${prefix}\nagents\n${address.workspace_id}`
    case 'admins':
      return `${prefix}\nadmins\n${address.workspace_id}`
    case 'user':
      return `${prefix}\nuser\n${address.workspace_id}\n${address.user_id}`
    case 'watchers':
      return `${prefix}\nwatchers\n${address.workspace_id}\n${address.user_id}`
    case 'listed':
      return `${prefix}\nlisted\n${address.workspace_id}\n${address.stream}`
    case 'presence':
      return `${prefix}\npresence\n${address.workspace_id}\n${address.user_id}`
    case 'room_presence':
      return `${prefix}\nroom presence\n${address.workspace_id}\n${address.stream}`
    case 'line':
      return `${prefix}\nline\n${address.workspace_id}\n${address.line}`
    case 'socket':
      return address.id
    case 'device':
      return `${prefix}\ndevice\n${address.workspace_id}\n${address.user_id}\n${address.device_id}`
  }
}

/** The stream of a room that `roomUnder` has named; undefined for other rooms. */
export function streamIn(room: string): StreamKey | undefined {
  const found = streamOfRoom(room)
  return found && { workspace_id: found.id.slice(0, found.id.indexOf('\n')), stream: found.name }
}

/** What a room of `roomUnder` is for: its kind, its workspace, and the user or stream; undefined for other rooms. */
export function placeIn(room: string): { kind: string; workspace_id: string; id: string } | undefined {
  // Cut by hand: `split` takes a tenth of what it costs to join a room.
  const kind = room.indexOf('\n') + 1
  const workspace = room.indexOf('\n', kind) + 1
  const id = room.indexOf('\n', workspace) + 1
  if (kind === 0 || workspace === 0 || id === 0 || room.includes('\n', id)) return undefined
  return {
    kind: room.slice(kind, workspace - 1),
    workspace_id: room.slice(workspace, id - 1),
    id: room.slice(id),
  }
}

/** The socket.io room of those sockets in a stream's room that read too slowly to be sent its entries. */
export function laggingIn(room: string): string {
  return `lagging\n${room}`
}

/** The stream that a room of `roomUnder` has in lists; undefined for other rooms. */
export function listedIn(room: string): StreamKey | undefined {
  const kind = room.indexOf('\n') + 1
  if (!room.startsWith('listed\n', kind)) return undefined
  return streamKeyOf(room.slice(kind + 'listed\n'.length))
}

/** The line of a room that `roomUnder` has named; undefined for other rooms. */
export function lineIn(room: string): LineKey | undefined {
  const kind = room.indexOf('\n') + 1
  if (!room.startsWith('line\n', kind)) return undefined
  const rest = room.slice(kind + 'line\n'.length)
  const end = rest.indexOf('\n')
  return { workspace_id: rest.slice(0, end), line: rest.slice(end + 1) }
}

/** The id and name of the stream of a room that `roomUnder` has named; undefined for other rooms. */
export function streamOfRoom(room: string): { readonly id: string; readonly name: string } | undefined {
  const kind = room.indexOf('\n') + 1
  if (!room.startsWith('stream\n', kind)) return undefined
  const id = room.slice(kind + 'stream\n'.length)
  return { id, name: id.slice(id.indexOf('\n') + 1) }
}

/** Whether a socket of this dialect is at one of the addresses, on this server: most of what is told concerns nobody here. */
export function isAnybodyAt(io: ChatIo, roomOf: Dialect['roomOf'], addresses: readonly Address[]): boolean {
  // Empty rooms do not exist.
  const { rooms } = io.of('/').adapter
  return addresses.some((address) => rooms.has(roomOf(address)))
}

/** Sends an event to the sockets in an audience's rooms, each of them once. */
export function emitTo(
  io: ChatIo,
  roomOf: Dialect['roomOf'],
  to: Audience,
  event: string,
  ...content: readonly unknown[]
): void {
  // To socket.io, no rooms mean all sockets.
  if (to.addresses.length === 0) return
  io.to(to.addresses.map(roomOf))
    .except(exceptedRooms(to, roomOf))
    .emit(event, ...content)
}

/** As `emitTo`, without those who read slowly. */
export function emitToReading(
  io: ChatIo,
  roomOf: Dialect['roomOf'],
  to: Audience,
  event: string,
  content: unknown,
): void {
  readers(io, roomOf, to)?.emit(event, content)
}

/** As `emitToReading`, without those to whom something is being written at the moment. */
export function emitVolatile(
  io: ChatIo,
  roomOf: Dialect['roomOf'],
  to: Audience,
  event: string,
  content: unknown,
): void {
  readers(io, roomOf, to)?.volatile.emit(event, content)
}

function readers(io: ChatIo, roomOf: Dialect['roomOf'], to: Audience) {
  const rooms = to.addresses.map(roomOf)
  if (rooms.length === 0) return undefined
  return io.to(rooms).except([...exceptedRooms(to, roomOf), ...rooms.map(laggingIn)])
}

function exceptedRooms(
  { addresses, except, exceptUsers = [] }: Audience,
  roomOf: Dialect['roomOf'],
): string[] {
  const [{ workspace_id } = { workspace_id: '' }] = addresses
  const users = exceptUsers.map((user_id) => roomOf({ kind: 'user', workspace_id, user_id }))
  return except === undefined ? users : [except, ...users]
}

/** The payload of a request. Throws if there are several. */
export function payloadOf(args: readonly unknown[]): unknown {
  if (args.length > 1) throw new RequestError('invalid_payload', `payload: expected one, got ${args.length}`)
  return args[0]
}

/** Throws if a payload names another workspace than the socket's, whether that one exists or not. */
export function refuseOtherWorkspace(payload: unknown, session: Session): void {
  const named = (payload as { workspace_id?: unknown } | null | undefined)?.workspace_id
  if (named === undefined || named === null || named === '' || named === session.workspace_id) return
  if (typeof named === 'number' && String(named) === session.workspace_id) return
  throw new RequestError('forbidden', 'workspace_id: the connection belongs to another workspace')
}
