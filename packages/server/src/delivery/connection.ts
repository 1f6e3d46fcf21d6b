import type { CallDevice, Session } from '@dowellchat/protocol'
import type { StreamKey } from '../stores/store.ts'

/** A socket that can be subscribed to streams: all that `Streams` needs to know of it. */
export interface Subscriber {
  /** False if it was subscribed already, or is gone. */
  subscribe(key: StreamKey): boolean
  /** False if it was not subscribed. */
  unsubscribe(key: StreamKey): boolean
}

/** What a handler may know of the socket that sent the request, and do with it. */
export interface Connection extends Subscriber {
  readonly socketId: string
  /** The address under which others can call its user. */
  readonly address: string
  isSubscribed(key: StreamKey): boolean
  /** Who is at a socket id, a user id or in a room, looked up in this order, without the requesting socket's. */
  sessionsAt(address: string): Promise<Session[]>
  /** Notes that these devices are in a call, so that their calls are looked up when they disconnect. */
  enterCall(devices: readonly CallDevice[]): void
  /** Whether its device has another socket too: a device may reconnect before the server notices the loss. */
  hasOtherSocket(): Promise<boolean>
}
