import type { PushName, PushOf } from '@dowellchat/protocol'
import type { Audience } from './audience.ts'

/** Facts that the contract has no push for. A dialect sends those that its clients know. */
export interface Notices {
  readonly member_joined: { readonly room: string; readonly who: string }
  readonly member_left: { readonly room: string }
  readonly room_closing: { readonly room: string }
  readonly waiting_time_changed: { readonly waiting_time: number | null }
}

/** Everything that can be announced. */
export type Facts = { [K in PushName]: PushOf<K> } & Notices

/** Announces a fact: it is sent after the request's answer, also where that is a failure. */
export type Notify = <K extends keyof Facts>(to: Audience, fact: K, data: Facts[K]) => void
