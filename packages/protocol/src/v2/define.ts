import * as z from 'zod/mini'
import type { RequestDef, Schema } from '../define.ts'
import { withProblem } from '../fields.ts'
import { limits } from '../limits.ts'
import type { CallDevice, CallStatus } from '../rules/call-transition.ts'
import { cleanName } from '../rules/clean-name.ts'
import { isNormalName, normalName } from '../rules/names.ts'
import { idProblem } from '../rules/text-problems.ts'

/** The envelope of V2's answers. */
export type V2Envelope =
  | { status: 'success'; operation: string; data: unknown }
  | { status: 'failure'; operation: string; data: string }

/** Every event that a V2 client gets. */
export interface V2ServerToClientEvents {
  /** With `count: 0`: a welcome, notice, history or greeting. With `sid`: a live message. */
  my_response: (
    data: { data: string; count?: 0; sid?: string } | { data: string; status: 'failure'; operation: string },
  ) => void
  /** The socket's own id. */
  me: (socketId: string) => void
  callUser: (data: { signal: unknown; from: string; name: string; callId: string }) => void
  /** Carries just the signal. */
  callAccepted: (signal: unknown) => void
  callEnded: () => void
  error_response: (data: V2Envelope) => void
  setting_response: (data: V2Envelope) => void
  ticket_response: (data: V2Envelope) => void
  ticket_message_response: (data: V2Envelope) => void
  waiting_time_response: (data: V2Envelope) => void
  share_link_response: (data: V2Envelope) => void
  queue_response: (data: V2Envelope) => void
  new_ticket: (data: { data: unknown; status: 'success' }) => void
}

/** One frame to a V2 socket: the event and its arguments. */
export type V2Frame = {
  [K in keyof V2ServerToClientEvents]: readonly [event: K, ...data: Parameters<V2ServerToClientEvents[K]>]
}[keyof V2ServerToClientEvents]

/** The events that answer requests. `my_response` carries failures only. */
export type V2ResponseEvent =
  | 'my_response'
  | 'error_response'
  | 'setting_response'
  | 'ticket_response'
  | 'ticket_message_response'
  | 'share_link_response'
  | 'queue_response'

/** Marks a successful answer that V2 presents as a failure. */
export class V2Failed {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export function failed(text: string): V2Failed {
  return new V2Failed(text)
}

/** An open call of a V2 socket. V2's events name no call, so one of these is chosen. */
export interface V2OpenCall extends CallStatus {
  readonly _id: string
  readonly from: string
}

/** The values that the server adds to a V2 payload. */
export interface V2Made {
  /** The cid for what the request creates. */
  readonly cid: string
  /** The call that `call` chose. */
  readonly callId: string
}

/** How far the two sides of a ticket have read its conversation, and who its customer is. */
export interface V2ReadMarks {
  /** The ids of the customer. */
  readonly customer: readonly string[]
  readonly readers: readonly { readonly user_id: string; readonly nth: number }[]
}

/** One request as V2 clients know it: pure conversions to the canonical request and back. */
export interface V2Def<R extends RequestDef, P extends Schema = Schema> {
  readonly payload: P
  /** The request's name, where V2's event has another one. */
  readonly request?: string
  /** Another row for some of the event's payloads. */
  instead?(payload: z.output<P>): V2Def<never> | undefined
  /** The event that carries failures, and successful answers if there is a `fromCurrent`. */
  readonly event: V2ResponseEvent
  /** V2's spelling of the request's name in its answers. */
  readonly operation: string
  /** The payload's `workspace_id` and `api_key` determine the session of this one request. */
  readonly keyed?: true
  /** Who the payload claims to speak as. Accepted with a valid key; the name also if the session has none. */
  claims?(payload: z.output<P>): { user_id?: string | undefined; name?: string | undefined }
  /** Picks one of the socket's open calls (newest first). */
  call?(payload: z.output<P>, calls: readonly V2OpenCall[], device: CallDevice): V2OpenCall | undefined
  // Method syntax lets `satisfies` accept the narrower parameter.
  toCurrent(payload: z.output<P>, made: V2Made): z.input<R['payload']>
  // A property, not a method, so that the compiler catches swapped rows. Without it success is silent.
  readonly fromCurrent?: (data: z.output<R['data']>, marks?: V2ReadMarks) => unknown
  /** As `fromCurrent`, where V2 answers only a part of it, which the payload says. */
  present?(data: z.output<R['data']>, payload: z.output<P>): unknown
  /** What the asking socket gets subscribed to: a stream, or the workspace's `new_ticket`. */
  subscribes?(payload: z.input<R['payload']>, data: z.output<R['data']>): { stream: string } | 'announcements'
  /** What is answered in place of a failure where the thing does not exist: some pages look at nothing but a list. */
  readonly whenMissing?: () => unknown
  /** What is wrong with a payload, in words for people, where pages show the text as it is. */
  explain?(sent: unknown): string | undefined
  /** The event of a failure with a text, where it is another one than `event`. */
  failureEvent?(text: string): V2ResponseEvent | undefined
  /** The socket that the payload names as the caller of the call which it answers. */
  caller?(payload: z.output<P>): string | undefined
  /** Further frames to the asking socket. */
  followedBy?(data: z.output<R['data']>): readonly V2Frame[]
}
export type V2Defs<Rs extends object> = {
  readonly [K in keyof Rs]?: Rs[K] extends RequestDef ? V2Def<Rs[K]> : never
}

/** Lets TypeScript infer both conversions from the request and the row. */
export const v2 = <R extends RequestDef, P extends Schema>(_request: R, def: V2Def<R, P>): V2Def<R, P> => def

/** As `v2`, of a request that V2 knows by another name. */
export const v2Named = <R extends RequestDef, P extends Schema>(
  request: string,
  _request: R,
  def: Omit<V2Def<R, P>, 'request'>,
): V2Def<R, P> => ({ ...def, request })

/** What V2 sockets get of each push or notice: a frame or nothing, as a function decides, or never anything (`null`). */
export type V2Pushes<Data extends object> = {
  readonly [K in keyof Data]: ((data: Data[K]) => V2Frame | undefined) | null
}
/** An id or a room's name as V2 clients send it: a number, or a text that may need normalizing. */
export const V2Id = z.union([
  z.string().check(withProblem((text) => idProblem(normalName(text)))),
  z.number(),
])
/** An id that may be missing, null or ''. */
export const V2Address = z.optional(
  z.nullable(z.union([z.string().check(z.maxLength(limits.id_length)), z.number()])),
)
/** A display name: anything, because a name never fails a request. */
export const V2Name = z.optional(z.unknown())
/** A field that V2 clients send and the server ignores. */
export const Ignored = z.optional(z.unknown())
/** The payload fields that determine a request's session. */
export const V2Session = z.object({
  workspace_id: z.optional(z.nullable(V2Address)),
  api_key: z.optional(z.nullable(z.string().check(z.maxLength(limits.id_length)))),
})

/** An id or a room's name in its normal form. */
export function v2Id(id: z.output<typeof V2Id>): string {
  return normalName(String(id))
}

/** As `v2Id`, for values that may be anything; undefined if it is no id. */
export function v2Address(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const id = v2Id(value)
  return isNormalName(id) ? id : undefined
}

/** A display name; undefined if nothing is left of it. */
export function v2Name(name: unknown): string | undefined {
  return cleanName(name) ?? undefined
}

const secondsEnd = 1e11

/** Converts a time in any form that V2 clients use to ISO 8601 in UTC; null if it is not a time. */
export function clientTime(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const date = new Date(typeof value === 'number' && value < secondsEnd ? value * 1000 : value)
  const isNegative = typeof value === 'number' && value < 0
  if (Number.isNaN(date.getTime()) || isNegative || !existsInCalendar(value)) return null
  // After the year 9999, `toISOString` writes six digits and a sign.
  return date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 1 ? null : date.toISOString()
}

// `Date` reads February 30 as March 1.
function existsInCalendar(value: string | number): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(String(value)) ?? []
  if (!year) return true
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
}
