import type { CallDevice } from '@dowellchat/protocol'
import type { StreamKey } from '../stores/store.ts'

/** Whether a socket gets the entries of a stream: all that the streams need to know of a connection. */
export interface Subscriber {
  /** Starts to hear a stream; false if it did already, or is gone. */
  subscribe(key: StreamKey): boolean
  /** Stops to hear a stream; false if it did not. */
  unsubscribe(key: StreamKey): boolean
}

/** The asking socket, as far as a handler may know it. */
export interface Connection extends Subscriber {
  readonly socketId: string
  isSubscribed(key: StreamKey): boolean
  /** The devices at a socket id, a user id or a room's name, in this order, without the asking one. */
  devicesAt(address: string): Promise<CallDevice[]>
  /** Notes that these devices are in a call, so that their loss is looked into. */
  enterCall(devices: readonly CallDevice[]): void
  /** Whether its device is connected by another socket too, as after a reconnect that came before the loss was noticed. */
  hasOtherSocket(): Promise<boolean>
}
