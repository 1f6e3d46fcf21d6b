import type { CallDevice } from '@dowellchat/protocol'
import type { StreamKey } from '../stores/store.ts'

/** A socket that can be subscribed to streams: all that `Streams` needs to know of it. */
export interface Subscriber {
  /** False if it was subscribed already, or is gone. */
  subscribe(key: StreamKey): boolean
  /** False if it was not subscribed. */
  unsubscribe(key: StreamKey): boolean
}

/** The asking socket, as far as a handler may know it. */
export interface Connection extends Subscriber {
  readonly socketId: string
  /** The address under which others can call its user. */
  readonly address: string
  isSubscribed(key: StreamKey): boolean
  /** The devices at a socket id, a user id or a room's name, in this order, without the asking one. */
  devicesAt(address: string): Promise<CallDevice[]>
  /** Notes that these devices are in a call, so that calls are looked up when they go. */
  enterCall(devices: readonly CallDevice[]): void
  /** Whether its device has another socket too, as after a reconnect that came before the loss was noticed. */
  hasOtherSocket(): Promise<boolean>
}
