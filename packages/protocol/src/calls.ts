import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, Count, Id, ListLimit, Signal, StoredId, StoredText, Time } from './fields.ts'

/** See `CallEndReason` in rules/call-transition.ts. A client treats one that it does not know like `hung_up`. */
export type CallEndReason = z.infer<typeof CallEndReason>
export const CallEndReason = z.enum([
  'cancelled',
  'declined',
  'busy',
  'missed',
  'hung_up',
  'failed',
  'lost',
  'answered_elsewhere',
])

/** See `CallState` in rules/call-transition.ts. */
export const CallState = z.enum(['ringing', 'connecting', 'active', 'reconnecting', 'ended'])

/** What a call is begun with: sound alone, or sound and picture. Either party may turn on more later. */
export type CallMedia = z.infer<typeof CallMedia>
export const CallMedia = z.enum(['audio', 'video'])

/** A call as its parties find it in their history. */
export type CallRecord = z.infer<typeof CallRecord>
export const CallRecord = z.object({
  _id: StoredId,
  caller: StoredId,
  /** The users that it rang, or the one whom it did not reach. A guest who has logged in is named as the user. */
  callees: z.array(StoredId),
  /** The user who answered. */
  answered_by: z.nullable(StoredId),
  media: CallMedia,
  state: CallState,
  /** Why it ended; null while it is open. */
  reason: z.nullable(CallEndReason),
  /** Whether it was for the asking user, who has neither answered nor declined it. */
  is_missed: z.boolean(),
  ticket_id: z.nullable(StoredId),
  created_at: Time,
  answered_at: z.nullable(Time),
  ended_at: z.nullable(Time),
})

/** A server that helps to connect sound and picture, as browsers' `RTCPeerConnection` takes it. */
export type IceServer = z.infer<typeof IceServer>
export const IceServer = z.object({
  urls: z.array(StoredText),
  username: z.optional(StoredText),
  credential: z.optional(StoredText),
})

/** What one party has sent the other since the offer; `seq` counts. */
export type SentSignal = z.infer<typeof SentSignal>
export const SentSignal = z.object({ seq: Count, signal: Signal, kind: z.enum(['answer', 'signal']) })

export const callRequests = {
  /** Rings a socket, a user (on all devices) or everybody who has joined a room; `userToCall` is looked up in this order. */
  callUser: {
    payload: z.object({
      userToCall: Id,
      signalData: Signal,
      /** An address of the caller: its socket id, its user id or a room that it has joined. The server replaces any other value. */
      from: z.optional(Id),
      /** The default is `video`. */
      media: z.optional(CallMedia),
      /** The ticket that the call is about: its conversation tells of it once it has ended. */
      ticket_id: z.optional(Id),
      cid: Cid,
    }),
    /** `crossed`: the other one is calling already, and rings here as `callId`; to answer it makes one call of the two. */
    data: z.object({ callId: Id, crossed: z.optional(z.boolean()) }),
    errors: ['not_found', 'conflict', 'limit_reached'],
  },
  /** Answers a ringing call. The first device to answer wins. `conflict` too where either party is in another call. */
  answerCall: {
    payload: z.object({ callId: Id, signal: Signal }),
    data: z.object({ callId: Id }),
    errors: ['not_found', 'conflict'],
  },
  /** Does not answer: `declined`, the default, ends the call on all devices; `busy` is said for this device alone. */
  rejectCall: {
    payload: z.object({ callId: Id, reason: z.optional(z.enum(['declined', 'busy'])) }),
    data: z.object({ callId: Id, reason: z.nullable(CallEndReason) }),
    errors: ['not_found', 'conflict'],
  },
  /** Cancels, declines or hangs up, depending on who asks and the state of the call. `failed` where media could not be connected. */
  endCall: {
    payload: z.object({ callId: Id, reason: z.optional(z.enum(['failed'])) }),
    data: z.object({ callId: Id, reason: CallEndReason }),
    errors: ['not_found', 'conflict'],
  },
  /**
   * Sends the other party what comes after offer and answer: candidates, and renewed offers and answers. What a caller sends
   * before the answer waits for it. `nth` rises with each of the device's own signals of this call: with it a repeated one is
   * sent once.
   */
  signalCall: {
    payload: z.object({ callId: Id, nth: z.optional(Count), signal: Signal }),
    /** `seq` is 0 for a signal that waits for the answer. */
    data: z.object({ callId: Id, seq: Count }),
    errors: ['not_found', 'conflict', 'limit_reached'],
  },
  /** Goes on after a lost connection. `seq` is that of the last signal that the device has got; 0 for none. */
  resumeCall: {
    payload: z.object({ callId: Id, seq: Count }),
    data: z.object({
      callId: Id,
      state: CallState,
      /** Those of the other party that came later, in order. */
      signals: z.array(SentSignal),
      /** Whether that are all: if not, connect sound and picture anew. */
      complete: z.boolean(),
    }),
    errors: ['not_found', 'conflict'],
  },
  /** Says that sound and picture flow, once for a call. */
  reportCall: {
    payload: z.object({ callId: Id, state: z.enum(['connected']) }),
    data: z.object({ callId: Id, state: CallState }),
    errors: ['not_found', 'conflict'],
  },
  /** The calls that one has made, got or missed, while one was a guest too; newest first. */
  get_calls: {
    payload: z.object({
      /** Only those that one has missed. */
      missed: z.optional(z.boolean()),
      /** The id of a call: only older ones. */
      before: z.optional(Id),
      limit: z.optional(ListLimit),
    }),
    data: z.object({ calls: z.array(CallRecord), more: z.boolean() }),
  },
  /** The servers through which sound and picture are connected, with credentials until `expires_at` (null: they do not expire). */
  get_ice_servers: {
    payload: z.object({}),
    data: z.object({ ice_servers: z.array(IceServer), expires_at: z.nullable(Time) }),
  },
} as const satisfies RequestDefs
export type CallRequests = typeof callRequests

export const callPushes = {
  /** An incoming call. `from` is an address of the caller, `user_id` their id. */
  callUser: z.object({
    callId: Id,
    signal: Signal,
    from: StoredId,
    name: z.nullable(StoredId),
    user_id: z.optional(StoredId),
    media: z.optional(CallMedia),
    ticket_id: z.optional(z.nullable(StoredId)),
  }),
  /**
   * A signal of the other party. `seq` counts the call's signals after the offer; it rises, with gaps after a server's end.
   * `from` is the caller's address, in signals of the caller.
   */
  callSignal: z.object({ callId: Id, ...SentSignal.shape, from: z.optional(StoredId) }),
  /** A call that this device is in, sent to it when it has connected again: it goes on. `seq` as in `callSignal`. */
  callState: z.object({ callId: Id, state: CallState, seq: Count }),
  callEnded: z.object({ callId: Id, reason: CallEndReason }),
} as const satisfies PushDefs
export type CallPushes = typeof callPushes
