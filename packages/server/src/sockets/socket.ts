import type { CallDevice } from '@dowellchat/protocol'
import { roomStream } from '@dowellchat/protocol'
import type { DefaultEventsMap, RemoteSocket, Server, Socket } from 'socket.io'
import { type Address, callRoom, devicesOf, socketRoom, streamAddress } from '../delivery/audience.ts'
import type { Connection } from '../delivery/connection.ts'
import type { Identity } from '../identity/authenticate.ts'
import type { DialectName } from '../identity/dialect-name.ts'
import type { StreamKey } from '../stores/store.ts'

/** socket.io's server and socket with what we keep at a socket. Only the dialects know the events' names. */
export type ChatIo = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Identity>
export type ChatSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Identity>

const dialects: readonly DialectName[] = ['v2', 'current']

/** The sockets at an address, whichever dialect they speak, on every node. */
async function socketsAt(io: ChatIo, address: Address): Promise<RemoteSocket<DefaultEventsMap, Identity>[]> {
  return io.in(dialects.map((dialect) => socketRoom(dialect, address))).fetchSockets()
}

/** What a handler may do with the socket that asks. */
export class SocketConnection implements Connection {
  readonly #io: ChatIo
  readonly #socket: ChatSocket
  readonly #workspaceId: string

  /** `workspaceId` is that of the request's session. */
  constructor(io: ChatIo, socket: ChatSocket, workspaceId: string) {
    this.#io = io
    this.#socket = socket
    this.#workspaceId = workspaceId
  }

  get socketId(): string {
    return this.#socket.id
  }

  isSubscribed(key: StreamKey): boolean {
    return this.#socket.rooms.has(this.#roomOf(key))
  }

  subscribe(key: StreamKey): boolean {
    // A socket that is gone would stay in the room for ever.
    if (!this.#socket.connected || this.isSubscribed(key)) return false
    void this.#socket.join(this.#roomOf(key))
    return true
  }

  unsubscribe(key: StreamKey): boolean {
    if (!this.isSubscribed(key)) return false
    void this.#socket.leave(this.#roomOf(key))
    return true
  }

  devicesAt(address: string): Promise<CallDevice[]> {
    return devicesAt(this.#io, this.#socket.id, this.#workspaceId, address)
  }

  enterCall(devices: readonly CallDevice[]): void {
    if (devices.length === 0) return
    const addresses = devicesOf(this.#workspaceId, devices).addresses
    const rooms = addresses.flatMap((address) => dialects.map((dialect) => socketRoom(dialect, address)))
    this.#io.in(rooms).socketsJoin(callRoom)
  }

  async hasOtherSocket(): Promise<boolean> {
    const { dialect, session } = this.#socket.data
    const sockets = await this.#io.in(socketRoom(dialect, { kind: 'device', ...session })).fetchSockets()
    return sockets.some(({ id }) => id !== this.#socket.id)
  }

  #roomOf(key: StreamKey): string {
    return socketRoom(this.#socket.data.dialect, streamAddress(key))
  }
}

async function devicesAt(
  io: ChatIo,
  ownId: string,
  workspace_id: string,
  address: string,
): Promise<CallDevice[]> {
  const isHere = (one: RemoteSocket<DefaultEventsMap, Identity>): boolean =>
    one.data.session.workspace_id === workspace_id && one.id !== ownId
  const socket = (await io.in(address).fetchSockets()).find((one) => one.id === address && isHere(one))
  if (socket) return devices([socket])
  const ofUser = (await socketsAt(io, { kind: 'user', workspace_id, user_id: address })).filter(isHere)
  if (ofUser.length > 0) return devices(ofUser)
  const room: Address = { kind: 'stream', workspace_id, stream: roomStream(address) }
  return devices((await socketsAt(io, room)).filter(isHere))
}

function devices(sockets: readonly RemoteSocket<DefaultEventsMap, Identity>[]): CallDevice[] {
  return sockets.map(({ data: { session } }) => ({ user_id: session.user_id, device_id: session.device_id }))
}
