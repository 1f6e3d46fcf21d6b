import type { CallDevice, Session } from '@dowellchat/protocol'
import { type Address, type Audience, devicesOf, streamAddress } from '../delivery/audience.ts'
import type { Broadcast } from '../delivery/broadcaster.ts'
import type { Callable } from '../delivery/connection.ts'
import type { Facts, Notify } from '../delivery/facts.ts'
import { listedAddress } from '../delivery/listed-rooms.ts'
import { failure, RequestError } from '../errors.ts'
import { isAnonymous } from '../identity/anonymous.ts'
import { type Identity, tokenExpired } from '../identity/identity.ts'
import type { Limits } from '../limits.ts'
import type { StreamKey } from '../stores/store.ts'
import { type Dialect, isAnybodyAt, streamIn } from './dialects/dialect.ts'
import type { Dialects } from './dialects/index.ts'
import { dismiss } from './dismiss.ts'
import type { ChatIo, ChatSocket, SocketData } from './socket.ts'
import { followedRooms, roomsOfPeople, seesFewer } from './subscriptions.ts'
import { TokenDeadlines } from './token-deadlines.ts'

/** The socket.io room of all sockets that are or were in a call. Only these need a call lookup on disconnect. */
export const callRoom = 'calls'

const muchLength = 262_144

/** The sockets of all dialects. */
export class Sockets {
  readonly #io: ChatIo
  readonly #dialects: Dialects
  readonly deadlines: TokenDeadlines
  /** How many streams a socket can be subscribed to. */
  readonly mostStreams: number
  /** Called soon after much has been broadcast. */
  onMuchBroadcast: () => void = () => {}
  /** Characters of entries since then; what many get counts once. */
  #broadcastLength = 0

  constructor(io: ChatIo, dialects: Dialects, { socketStreams }: Pick<Limits, 'socketStreams'>) {
    this.#io = io
    this.mostStreams = socketStreams
    this.#dialects = dialects
    this.deadlines = new TokenDeadlines({
      warn: ({ data: { session } }, expiresAt) => {
        const to = devicesOf(session.workspace_id, [session])
        this.push(to, 'token_expiring', { expires_at: new Date(expiresAt).toISOString() })
      },
      end: (socket) => dismiss(socket, dialects.of(socket), tokenExpired()),
    })
  }

  /** Sends a fact to an audience, in each dialect's form. */
  readonly push: Notify = (to, fact, data) => {
    for (const dialect of this.#dialects.all) dialect.push(to, fact, data)
  }

  readonly broadcast: Broadcast = (key, epoch, entries) => {
    let sockets = 0
    for (const { text } of entries) this.#broadcastLength += text.length
    for (const dialect of this.#dialects.all) sockets += dialect.broadcast(key, epoch, entries)
    if (this.#broadcastLength > muchLength) {
      this.#broadcastLength = 0
      // What can be written at once has been by then.
      setImmediate(this.onMuchBroadcast)
    }
    return sockets
  }

  /** How many sockets of this node a pushed fact reaches. Only for the log, because it visits each of them. */
  countReached({ addresses, except }: Audience, fact: keyof Facts): number {
    const dialects = this.#dialects.all.filter((dialect) => dialect.knows(fact))
    const rooms = addresses.flatMap((address) => dialects.map((dialect) => dialect.roomOf(address)))
    const members = rooms.flatMap((room) => [...(this.#io.of('/').adapter.rooms.get(room) ?? [])])
    return new Set(members.filter((id) => id !== except)).size
  }

  /** Who can be rung at a socket id or an address on this node. @param exceptId the socket of whoever asks */
  callablesAt(place: string | Address, workspace_id: string, exceptId: string): Callable[] {
    const { sockets } = this.#io.of('/')
    const found =
      typeof place === 'string'
        ? [sockets.get(place) ?? []].flat()
        : [...new Set(this.#roomsOf(place).flatMap((room) => this.#inRoom(room)))]
    return found
      .filter(({ id, data: { session } }) => session.workspace_id === workspace_id && id !== exceptId)
      .map(callableOf)
  }

  /** How many sockets of this node are at an address. */
  countAt(address: Address): number {
    const { rooms } = this.#io.of('/').adapter
    let count = 0
    for (const { roomOf } of this.#dialects.all) count += rooms.get(roomOf(address))?.size ?? 0
    return count
  }

  /** Whether sockets of this node are subscribed to a stream. */
  hasSubscribers(key: StreamKey): boolean {
    return this.hasAny([streamAddress(key)])
  }

  /** Whether a socket of this node is at one of the addresses. */
  readonly hasAny = (addresses: readonly Address[]): boolean =>
    this.#dialects.all.some(({ roomOf }) => isAnybodyAt(this.#io, roomOf, addresses))

  /** Whether a socket of this node is at an address that names its device itself. */
  readonly hasDevice = (address: Address): boolean =>
    this.#dialects.all.some(
      ({ hasDevices, roomOf }) => hasDevices && isAnybodyAt(this.#io, roomOf, [address]),
    )

  /** Ends this node's subscriptions to a stream, but for those that are kept; answers whose they were. */
  endSubscriptions(key: StreamKey, isKept: (session: Session) => boolean): Session[] {
    const ended = this.#subscribersOf(key).filter(({ data }) => !isKept(data.session))
    for (const socket of ended) for (const room of this.#roomsOf(streamAddress(key))) void socket.leave(room)
    return ended.map(({ data }) => data.session)
  }

  /** Takes a stream out of the lists of this node's sockets, but for those that are kept; answers whose they were. */
  endListings(key: StreamKey, isKept: (session: Session) => boolean): Session[] {
    const rooms = this.#roomsOf(listedAddress(key))
    const ended = rooms.flatMap((room) => this.#inRoom(room)).filter(({ data }) => !isKept(data.session))
    for (const socket of ended) for (const room of rooms) void socket.leave(room)
    return ended.map(({ data }) => data.session)
  }

  /** The users who are subscribed to a stream on this node, each once. Those who have not said who they are do not count. */
  usersIn(key: StreamKey): Set<string> {
    const sessions = this.#subscribersOf(key).map(({ data }) => data.session)
    return new Set(sessions.flatMap((session) => (isAnonymous(session) ? [] : session.user_id)))
  }

  /** The streams to which sockets of a user are subscribed on this node. */
  streamsOf(workspace_id: string, user_id: string): StreamKey[] {
    const sockets = this.at({ kind: 'user', workspace_id, user_id })
    return sockets.flatMap((socket) => [...socket.rooms].flatMap((room) => streamIn(room) ?? []))
  }

  /**
   * Lets the sockets of a user on this node follow another user no more; without another, nobody and no room.
   * @param kinds `watchers` as well where they may not hear of the other's changes either
   */
  stopFollowing(
    workspace_id: string,
    user_id: string,
    otherId: string | null,
    kinds: readonly ('presence' | 'watchers')[] = ['presence'],
  ): void {
    const ofOther =
      otherId !== null && kinds.flatMap((kind) => this.#roomsOf({ kind, workspace_id, user_id: otherId }))
    for (const socket of this.at({ kind: 'user', workspace_id, user_id }))
      for (const room of ofOther || followedRooms(socket)) void socket.leave(room)
  }

  /** Whether a socket is subscribed to a stream. */
  isIn(socket: ChatSocket, key: StreamKey): boolean {
    return this.#roomsOf(streamAddress(key)).some((room) => socket.rooms.has(room))
  }

  /** The sockets of this node at an address. */
  at(address: Address): ChatSocket[] {
    return this.#roomsOf(address).flatMap((room) => this.#inRoom(room))
  }

  #subscribersOf(key: StreamKey): ChatSocket[] {
    return this.#roomsOf(streamAddress(key)).flatMap((room) => this.#inRoom(room))
  }

  /** The sockets of this node that are in a room now. */
  #inRoom(room: string): ChatSocket[] {
    const { adapter, sockets } = this.#io.of('/')
    return [...(adapter.rooms.get(room) ?? [])].flatMap((id) => sockets.get(id) ?? [])
  }

  /** Gives a socket a newer identity of the same user. */
  replaceIdentity(socket: ChatSocket, dialect: Dialect, identity: Identity): void {
    const { workspace_id } = identity.session
    for (const kind of ['agents', 'admins'] as const)
      void socket.leave(dialect.roomOf({ kind, workspace_id }))
    if (seesFewer(socket.data.session, identity.session))
      for (const room of roomsOfPeople(socket)) void socket.leave(room)
    socket.data = { ...socket.data, ...identity }
    dialect.joinRooms(socket)
    this.deadlines.watch(socket)
  }

  /** Ends those connections of this node at an address that are meant. */
  dismissAt(address: Address, isMeant: (data: SocketData) => boolean, error: RequestError): void {
    for (const dialect of this.#dialects.all) {
      for (const socket of this.#inRoom(dialect.roomOf(address)))
        if (isMeant(socket.data)) dismiss(socket, dialect, error)
    }
  }

  /** Ends those connections of this node that are meant. */
  dismissEach(isMeant: (data: SocketData) => boolean, error: RequestError): void {
    for (const socket of [...this.#io.of('/').sockets.values()])
      if (isMeant(socket.data)) dismiss(socket, this.#dialects.of(socket), error)
  }

  /**
   * Ends those connections of a device on this node that are older than another one. By socket.io's own goodbye, after which no
   * client comes back by itself: two that did would end each other for ever. An end that nobody reads is over at once, too.
   */
  replaceOlder(workspaceId: string, device: CallDevice, isOlder: (socket: ChatSocket) => boolean): void {
    for (const dialect of this.#dialects.all.filter(({ hasDevices }) => hasDevices))
      for (const address of devicesOf(workspaceId, [device]).addresses)
        for (const older of this.#inRoom(dialect.roomOf(address)).filter(isOlder)) {
          dialect.sendEnd(older, failure('connection', replaced()))
          older.disconnect(true)
        }
  }

  /** Notes that this node's sockets there are in a call, so that their calls are looked up when they disconnect. */
  enterCall({ addresses }: Audience): void {
    if (addresses.length === 0) return
    this.#io.local.in(addresses.flatMap((address) => this.#roomsOf(address))).socketsJoin(callRoom)
  }

  /** Whether a dialect's room has a socket of this node other than this one. */
  hasAnother(room: string, socketId: string): boolean {
    const ids = this.#io.of('/').adapter.rooms.get(room)
    return ids !== undefined && ids.size > (ids.has(socketId) ? 1 : 0)
  }

  #roomsOf(address: Address): string[] {
    return this.#dialects.all.map((dialect) => dialect.roomOf(address))
  }
}

function callableOf({ id, data: { session } }: ChatSocket): Callable {
  const { user_id, device_id, role } = session
  return { user_id, device_id, role, socket_id: id }
}

function replaced(): RequestError {
  return new RequestError('conflict', 'A newer connection of this device has taken over', 'replaced')
}
