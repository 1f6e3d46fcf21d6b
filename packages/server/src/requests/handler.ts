import type { CallDevice, PushName, PushOf, RequestDef, Session } from '@dowellchat/protocol'
import type { V2Notices } from '@dowellchat/protocol/v2'
import type * as z from 'zod/mini'
import type { Audience } from '../delivery/audience.ts'
import type { Encoded } from '../delivery/encoded.ts'
import type { SerialQueues } from '../delivery/serial-queues.ts'
import type { Streams } from '../delivery/streams.ts'
import type { Store, StreamKey } from '../stores/store.ts'

/** Everything that a handler can announce: the pushes of the contract, and what V2's sockets alone are told. */
export type Facts = { [K in PushName]: PushOf<K> } & { [K in keyof V2Notices]: Parameters<V2Notices[K]>[0] }

/** Announces a fact; it leaves after the request's answer, and not at all if the request fails. */
export type Notify = <K extends keyof Facts>(to: Audience, fact: K, data: Facts[K]) => void

/** The asking socket, as far as a handler may know it. */
export interface Connection {
  readonly socketId: string
  /** Starts to hear a stream; false if it did already, or is gone. */
  subscribe(key: StreamKey): boolean
  /** Stops to hear a stream; false if it did not. */
  unsubscribe(key: StreamKey): boolean
  isSubscribed(key: StreamKey): boolean
  /** The devices at a socket id, a user id or a room's name, in this order, without the asking one. */
  devicesAt(address: string): Promise<CallDevice[]>
  /** Notes that these devices are in a call, so that their loss is looked into. */
  enterCall(devices: readonly CallDevice[]): void
  /** Whether its device is connected by another socket too, as after a reconnect that came before the loss was noticed. */
  hasOtherSocket(): Promise<boolean>
}

/** What a handler works with. */
export interface Context {
  readonly session: Session
  readonly connection: Connection
  readonly store: Store
  readonly streams: Streams
  /** One queue per workspace: a socket's calls are handled in the order of its requests. */
  readonly calls: SerialQueues
  readonly notify: Notify
  /** Tells this request from another one under the same cid. */
  readonly fingerprint: string
}

/** One method per request: payload in (parsed), data out (parsed as it leaves), a `RequestError` to fail. */
export type Handlers<R> = {
  [K in keyof R]: R[K] extends RequestDef
    ? (
        payload: z.output<R[K]['payload']>,
        context: Context,
      ) => Promise<z.input<R[K]['data']> | Encoded<z.output<R[K]['data']>>>
    : never
}
