import * as z from 'zod/mini'
import type { RequestDef, Schema } from '../define.ts'
import { Id, Name } from '../fields.ts'
import { limits } from '../limits.ts'
import type { CallDevice, CallStatus } from '../rules/call-transition.ts'

/** V2's envelope. */
export type V2Envelope =
  | { status: 'success'; operation: string; data: unknown }
  | { status: 'failure'; operation: string; data: string }

/** Everything that a V2 client hears. */
export interface V2ServerToClientEvents {
  /** `count: 0` marks welcome, notice, history and greeting; `sid` marks a live message. */
  my_response: (
    data: { data: string; count?: 0; sid?: string } | { data: string; status: 'failure'; operation: string },
  ) => void
  /** The socket's own id. */
  me: (socketId: string) => void
  callUser: (data: { signal: unknown; from: string; name: string; callId: string }) => void
  /** The bare signal. */
  callAccepted: (signal: unknown) => void
  callEnded: () => void
  error_response: (data: V2Envelope) => void
  setting_response: (data: V2Envelope) => void
  ticket_response: (data: V2Envelope) => void
  ticket_message_response: (data: V2Envelope) => void
  waiting_time_response: (data: V2Envelope) => void
  new_ticket: (data: { data: unknown; status: 'success' }) => void
}

/** One frame to a V2 socket: the event and what it carries. */
export type V2Frame = {
  [K in keyof V2ServerToClientEvents]: readonly [event: K, ...data: Parameters<V2ServerToClientEvents[K]>]
}[keyof V2ServerToClientEvents]

/** The events that carry the answers to requests; `my_response` carries failures only. */
export type V2ResponseEvent =
  | 'my_response'
  | 'error_response'
  | 'setting_response'
  | 'ticket_response'
  | 'ticket_message_response'

/** An answer that V2 knows as a failure where the current dialect has a success. */
export class V2Failed {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export function failed(text: string): V2Failed {
  return new V2Failed(text)
}

/** An open call of a V2 socket, which names no call. */
export interface V2OpenCall extends CallStatus {
  readonly _id: string
  readonly from: string
}

/** What the server adds to what a V2 client sent. */
export interface V2Made {
  /** A cid for what the request creates. */
  readonly cid: string
  /** The call that `call` chose. */
  readonly callId: string
}

/** One request as V2's clients know it: pure conversions to the canonical request and back. */
export interface V2Def<R extends RequestDef, P extends Schema = Schema> {
  readonly payload: P
  /** Carries failures, and the answer where there is a `fromCurrent`. */
  readonly event: V2ResponseEvent
  /** V2's spelling of the request's name in its answers. */
  readonly operation: string
  /** The payload's `workspace_id` and `api_key` are the session of this one request. */
  readonly keyed?: true
  /** Who the payload says is speaking: believed beside a valid key, the name also where the session has none. */
  claims?(payload: z.output<P>): { user_id?: string | undefined; name?: string | undefined }
  /** Which of the socket's open calls (newest first) is meant. */
  call?(payload: z.output<P>, calls: readonly V2OpenCall[], device: CallDevice): V2OpenCall | undefined
  // Method syntax lets `satisfies` accept the narrower parameter.
  toCurrent(payload: z.output<P>, made: V2Made): z.input<R['payload']>
  // A property catches swapped rows. Without it success is silent.
  readonly fromCurrent?: (data: z.output<R['data']>) => unknown
  /** What V2 subscribes the asking socket to: a stream, or the workspace's `new_ticket`. */
  subscribes?(payload: z.input<R['payload']>, data: z.output<R['data']>): { stream: string } | 'announcements'
  /** Further frames to the asking socket. */
  followedBy?(data: z.output<R['data']>): readonly V2Frame[]
}
export type V2Defs<Rs extends object> = {
  readonly [K in keyof Rs]?: Rs[K] extends RequestDef ? V2Def<Rs[K]> : never
}

/** Lets the two conversions infer from both entries. */
export const v2 = <R extends RequestDef, P extends Schema>(_request: R, def: V2Def<R, P>): V2Def<R, P> => def

/** The frames that V2's sockets hear of something that happened; none where V2 has no word for it. */
export type V2Pushes<Data extends object> = {
  readonly [K in keyof Data]?: (data: Data[K]) => V2Frame | undefined
}
/** An id as V2's clients send it: text or a number. */
export const V2Id = z.union([Id, z.number()])
/** A name that may be missing, null or ''. */
export const V2Name = z.optional(
  z.nullable(z.union([z.string().check(z.maxLength(limits.id_length)), z.number()])),
)
/** A field that V2's clients send and that decides nothing. */
export const Ignored = z.optional(z.unknown())
/** The session of one request. */
export const V2Session = z.object({
  workspace_id: z.optional(z.nullable(V2Name)),
  api_key: z.optional(z.nullable(z.string().check(z.maxLength(limits.id_length)))),
})

/** What a V2 name or id says, if it says anything. */
export function v2Name(name: unknown): string | undefined {
  const parsed = z.safeParse(Name, typeof name === 'number' ? String(name) : name)
  return parsed.success ? parsed.data : undefined
}

const secondsEnd = 1e11

/** A client's time in any form that V2's clients use, as ISO 8601 in UTC; null for what is none. */
export function clientTime(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const date = new Date(typeof value === 'number' && value < secondsEnd ? value * 1000 : value)
  const isNegative = typeof value === 'number' && value < 0
  if (Number.isNaN(date.getTime()) || isNegative || !existsInCalendar(value)) return null
  // Beyond the year 9999 the form has six digits and a sign.
  return date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 1 ? null : date.toISOString()
}

// Date takes the 30th of February for the 1st of March.
function existsInCalendar(value: string | number): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(String(value)) ?? []
  if (!year) return true
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
}
