import type { PushName, PushOf } from '@dowellchat/protocol'
import type { V2Notices } from '@dowellchat/protocol/v2'
import type { Audience } from './audience.ts'

/** Everything that can be announced: the pushes of the contract, and the notices that V2's sockets alone get. */
export type Facts = { [K in PushName]: PushOf<K> } & { [K in keyof V2Notices]: Parameters<V2Notices[K]>[0] }

/** Announces a fact. It leaves after the request's answer, and not at all if the request fails. */
export type Notify = <K extends keyof Facts>(to: Audience, fact: K, data: Facts[K]) => void
