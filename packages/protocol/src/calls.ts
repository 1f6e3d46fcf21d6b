import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, Count, Id, Signal, StoredId } from './fields.ts'

/** See `CallEndReason` in rules/call-transition.ts. */
export const CallEndReason = z.enum(['cancelled', 'declined', 'hung_up', 'lost', 'answered_elsewhere'])

export const callRequests = {
  /** Rings a socket, a user (on all devices) or everybody who has joined a room; `userToCall` is looked up in this order. */
  callUser: {
    payload: z.object({
      userToCall: Id,
      signalData: Signal,
      /** An address of the caller: its socket id, its user id or a room that it has joined. The server replaces any other value. */
      from: z.optional(Id),
      /** The ticket that the call is about: its conversation tells of it once it has ended. */
      ticket_id: z.optional(Id),
      cid: Cid,
    }),
    data: z.object({ callId: Id }),
    errors: ['not_found', 'conflict', 'limit_reached'],
  },
  /** Answers a ringing call. The first device to answer wins. */
  answerCall: {
    payload: z.object({ callId: Id, signal: Signal }),
    data: z.object({ callId: Id }),
    errors: ['not_found', 'conflict'],
  },
  /** Cancels, declines or hangs up, depending on the caller and the state of the call. */
  endCall: {
    payload: z.object({ callId: Id }),
    data: z.object({ callId: Id, reason: CallEndReason }),
    errors: ['not_found', 'conflict'],
  },
} as const satisfies RequestDefs
export type CallRequests = typeof callRequests

export const callPushes = {
  /** An incoming call. `from` is an address of the caller. */
  callUser: z.object({ callId: Id, signal: Signal, from: StoredId, name: z.nullable(StoredId) }),
  /** A signal of the other party. `seq` counts the call's signals after the offer. */
  callSignal: z.object({ callId: Id, seq: Count, signal: Signal, kind: z.enum(['answer']) }),
  /** A call that this device is in, sent to it when it has connected again: it goes on. `seq` as in `callSignal`. */
  callState: z.object({ callId: Id, state: z.enum(['ringing', 'active']), seq: Count }),
  callEnded: z.object({ callId: Id, reason: CallEndReason }),
} as const satisfies PushDefs
export type CallPushes = typeof callPushes
