import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, Count, Id, Name, Signal } from './fields.ts'

/** See `CallEndReason` in rules/call-transition.ts. */
export const CallEndReason = z.enum(['cancelled', 'declined', 'hung_up', 'lost', 'answered_elsewhere'])

export const callRequests = {
  /** Rings a socket, a user (all devices) or the sockets joined to a room, looked up in this order. */
  callUser: {
    payload: z.object({
      userToCall: Id,
      signalData: Signal,
      /** An address of the caller: its socket id, user id or a room that it has joined; anything else is replaced. */
      from: z.optional(Id),
      cid: Cid,
    }),
    data: z.object({ callId: Id }),
  },
  /** Answers a ringing call; the first device wins. */
  answerCall: {
    payload: z.object({ callId: Id, signal: Signal }),
    data: z.object({ callId: Id }),
  },
  /** Cancels, declines or hangs up, whichever the call's state makes of it. */
  endCall: {
    payload: z.object({ callId: Id }),
    data: z.object({ callId: Id, reason: CallEndReason }),
  },
} as const satisfies RequestDefs
export type CallRequests = typeof callRequests

export const callPushes = {
  /** The phone rings. `from` is an address of the caller. */
  callUser: z.object({ callId: Id, signal: Signal, from: Id, name: z.nullable(Name) }),
  /** The other party's signal; `seq` counts the signals of the call after the offer. */
  callSignal: z.object({ callId: Id, seq: Count, signal: Signal, kind: z.enum(['answer']) }),
  callEnded: z.object({ callId: Id, reason: CallEndReason }),
} as const satisfies PushDefs
export type CallPushes = typeof callPushes
