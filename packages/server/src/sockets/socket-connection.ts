import type { CallDevice } from '@dowellchat/protocol'
import { devicesOf, lineAddress, streamAddress } from '../delivery/audience.ts'
import type { Connection, Found } from '../delivery/connection.ts'
import type { LineKey } from '../delivery/line-reading.ts'
import { listedAddress } from '../delivery/listed-rooms.ts'
import { RequestError } from '../errors.ts'
import type { Identity } from '../identity/identity.ts'
import type { StreamKey } from '../stores/store.ts'
import { type Dialect, listedIn, streamIn } from './dialects/dialect.ts'
import { dismiss } from './dismiss.ts'
import type { ChatSocket, SocketData } from './socket.ts'
import type { Sockets } from './sockets.ts'
import { follow, hasAllStreams, isOfLineManager, seesFewer } from './subscriptions.ts'
import type { Whereabouts } from './whereabouts.ts'

/** How many users a socket can hear of. */
const mostWatched = 500
/** How many rooms. */
const mostListed = 1_000
/** Of how many rooms a socket can hear who is in them. */
const mostRooms = 100
/** How many lines it can follow. */
const mostLines = 20

/** The `Connection` of a socket.io socket. */
export class SocketConnection implements Connection {
  readonly #sockets: Sockets
  readonly #whereabouts: Whereabouts
  readonly #dialect: Dialect
  readonly #socket: ChatSocket
  readonly #workspaceId: string
  /** When the request began. */
  readonly #data: SocketData

  /** `workspaceId` is that of the request's session. */
  constructor(
    sockets: Sockets,
    whereabouts: Whereabouts,
    dialect: Dialect,
    socket: ChatSocket,
    workspaceId: string,
  ) {
    this.#sockets = sockets
    this.#whereabouts = whereabouts
    this.#dialect = dialect
    this.#socket = socket
    this.#workspaceId = workspaceId
    this.#data = socket.data
  }

  get socketId(): string {
    return this.#socket.id
  }

  get checksReplies(): boolean {
    return this.#dialect.checksReplies
  }

  get provesUsers(): boolean {
    return this.#dialect.provesUsers
  }

  get hearsMinutes(): boolean {
    return this.#dialect.hearsMinutes
  }

  get address(): string {
    return this.#dialect.addressOf(this.#socket)
  }

  get identity(): Identity {
    return this.#socket.data
  }

  get subscriptions(): StreamKey[] {
    return [...this.#socket.rooms].flatMap((room) => streamIn(room) ?? [])
  }

  replaceIdentity(identity: Identity): void {
    this.#sockets.replaceIdentity(this.#socket, this.#dialect, identity)
  }

  dismiss(error: RequestError): void {
    setImmediate(() => dismiss(this.#socket, this.#dialect, error))
  }

  isSubscribed(key: StreamKey): boolean {
    return this.#socket.rooms.has(this.#roomOf(key))
  }

  expectRoom(key: StreamKey): void {
    const { mostStreams } = this.#sockets
    if (!hasAllStreams(this.#socket, mostStreams) || this.isSubscribed(key)) return
    throw new RequestError(
      'limit_reached',
      `A connection can join ${mostStreams} rooms and tickets: leave one`,
    )
  }

  subscribe(key: StreamKey): boolean {
    // A socket that is gone would stay in the room for ever.
    if (!this.#socket.connected || this.isSubscribed(key)) return false
    this.#expectSameSession()
    // Others may have been joined since it was asked.
    this.expectRoom(key)
    void this.#socket.join(this.#roomOf(key))
    return true
  }

  unsubscribe(key: StreamKey): boolean {
    if (!this.isSubscribed(key)) return false
    void this.#socket.leave(this.#roomOf(key))
    return true
  }

  watchUsers(userIds: readonly string[]): void {
    this.#follow('watchers', userIds)
  }

  followPresence(userIds: readonly string[]): void {
    this.#follow('presence', userIds)
  }

  followRoom({ workspace_id, stream }: StreamKey): void {
    const roomOf = (one: string) => this.#dialect.roomOf({ kind: 'room_presence', workspace_id, stream: one })
    follow(this.#socket, [roomOf(stream)], roomOf(''), mostRooms)
  }

  followLine(key: LineKey): void {
    if (isOfLineManager(key.line)) this.#expectToSeeAsMany()
    const rooms = [this.#dialect.roomOf(lineAddress(key))]
    const prefix = this.#dialect.roomOf({ kind: 'line', workspace_id: key.workspace_id, line: '' })
    follow(this.#socket, rooms, prefix, mostLines)
  }

  watchRooms(keys: readonly StreamKey[]): void {
    // A push goes to the sockets that have listed something, each by its id, and V2's know none of it.
    if (!this.#dialect.knows('ticket_activity') || !this.#socket.connected || keys.length === 0) return
    this.#expectSameSession()
    void this.#socket.join(keys.map((key) => this.#dialect.roomOf(listedAddress(key))))
    const listed = [...this.#socket.rooms].filter(listedIn)
    for (const room of listed.slice(0, -mostListed)) void this.#socket.leave(room)
  }

  unwatchRooms(isKept: (key: StreamKey) => boolean): void {
    for (const room of [...this.#socket.rooms]) {
      const key = listedIn(room)
      if (key && !isKept(key)) void this.#socket.leave(room)
    }
  }

  get showsRead(): boolean {
    return this.#dialect.showsRead
  }

  get hearsFacts(): boolean {
    return this.#dialect.hearsFacts
  }

  get leavesForGood(): boolean {
    return this.#dialect.leavesForGood
  }

  search(address: string): () => Promise<Found> {
    return this.#whereabouts.search(this.#workspaceId, address, this.#socket.id)
  }

  enterCall(devices: readonly CallDevice[]): void {
    this.#sockets.enterCall(devicesOf(this.#workspaceId, devices))
  }

  async hasOtherSocket(): Promise<boolean> {
    const { session } = this.#socket.data
    const room = this.#dialect.roomOf({ kind: 'device', ...session })
    if (this.#sockets.hasAnother(room, this.#socket.id)) return true
    // The id of a V2 socket is its own.
    return this.#dialect.hasDevices && (await this.#whereabouts.elsewhere([session])).found.size > 0
  }

  #follow(kind: 'watchers' | 'presence', userIds: readonly string[]): void {
    this.#expectToSeeAsMany()
    const workspace_id = this.#workspaceId
    const roomOf = (user_id: string) => this.#dialect.roomOf({ kind, workspace_id, user_id })
    follow(this.#socket, userIds.map(roomOf), roomOf(''), mostWatched)
  }

  /** Who was looked up for an agent is not for the customer who that is by now, and who has left what was followed before. */
  #expectToSeeAsMany(): void {
    if (seesFewer(this.#data.session, this.#socket.data.session)) throw sessionChanged()
  }

  /** What a request may hear of was looked up for the session that it began with. */
  #expectSameSession(): void {
    if (this.#socket.data !== this.#data) throw sessionChanged()
  }

  #roomOf(key: StreamKey): string {
    return this.#dialect.roomOf(streamAddress(key))
  }
}

function sessionChanged(): RequestError {
  return new RequestError('unavailable', 'The session has changed meanwhile. Try again.')
}
