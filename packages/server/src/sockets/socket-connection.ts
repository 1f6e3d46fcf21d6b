import type { CallDevice, Session } from '@dowellchat/protocol'
import { streamAddress } from '../delivery/audience.ts'
import type { Connection } from '../delivery/connection.ts'
import type { StreamKey } from '../stores/store.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { ChatSocket } from './socket.ts'
import type { Sockets } from './sockets.ts'

/** The `Connection` of a socket.io socket. */
export class SocketConnection implements Connection {
  readonly #sockets: Sockets
  readonly #dialect: Dialect
  readonly #socket: ChatSocket
  readonly #workspaceId: string

  /** `workspaceId` is that of the request's session. */
  constructor(sockets: Sockets, dialect: Dialect, socket: ChatSocket, workspaceId: string) {
    this.#sockets = sockets
    this.#dialect = dialect
    this.#socket = socket
    this.#workspaceId = workspaceId
  }

  get socketId(): string {
    return this.#socket.id
  }

  get address(): string {
    return this.#dialect.addressOf(this.#socket)
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

  sessionsAt(address: string): Promise<Session[]> {
    return this.#sockets.sessionsAt(this.#workspaceId, address, this.#socket.id)
  }

  enterCall(devices: readonly CallDevice[]): void {
    this.#sockets.enterCall(this.#workspaceId, devices)
  }

  hasOtherSocket(): Promise<boolean> {
    const room = this.#dialect.roomOf({ kind: 'device', ...this.#socket.data.session })
    return this.#sockets.hasAnother(room, this.#socket.id)
  }

  #roomOf(key: StreamKey): string {
    return this.#dialect.roomOf(streamAddress(key))
  }
}
