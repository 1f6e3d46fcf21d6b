import * as z from 'zod/mini'
import { type CallPushes, type CallRequests, callRequests } from '../calls.ts'
import { Signal } from '../fields.ts'
import { type CallDevice, isSameDevice } from '../rules/call-transition.ts'
import {
  V2Address,
  type V2Defs,
  type V2Frame,
  V2Id,
  V2Name,
  type V2OpenCall,
  type V2Pushes,
  v2,
  v2Address,
  v2Id,
  v2Name,
} from './define.ts'

const Hangup = z.optional(z.nullable(z.object({ to: z.optional(z.unknown()) })))

/** The ringing call that a socket answers: the one whose caller is `to`, else the newest. */
export function callToAnswer(
  calls: readonly V2OpenCall[],
  device: CallDevice,
  to?: string,
): V2OpenCall | undefined {
  const incoming = calls.filter((call) => call.state === 'ringing' && !isSameDevice(call.caller, device))
  return (
    incoming.find(({ from, caller }) => [from, caller.device_id, caller.user_id].includes(to ?? '')) ??
    incoming[0]
  )
}

/** The call that a socket ends: the active one, else the outgoing ringing one, else the newest incoming one. */
export function callToEnd(calls: readonly V2OpenCall[], device: CallDevice): V2OpenCall | undefined {
  const active = calls.find((call) => call.state === 'active')
  const outgoing = calls.find((call) => isSameDevice(call.caller, device))
  return active ?? outgoing ?? calls[0]
}

export const v2CallRequests = {
  callUser: v2(callRequests.callUser, {
    payload: z.object({ userToCall: V2Id, signalData: Signal, from: V2Address, name: V2Name }),
    event: 'error_response',
    operation: 'callUser',
    claims: ({ name }) => ({ name: v2Name(name) }),
    toCurrent: ({ userToCall, signalData, from }, { cid }) => {
      const address = v2Address(from)
      return {
        userToCall: v2Id(userToCall),
        signalData,
        cid,
        ...(address !== undefined && { from: address }),
      }
    },
  }),
  answerCall: v2(callRequests.answerCall, {
    payload: z.object({ signal: Signal, to: V2Address }),
    event: 'error_response',
    operation: 'answerCall',
    call: ({ to }, calls, device) => callToAnswer(calls, device, v2Address(to)),
    caller: ({ to }) => v2Address(to),
    toCurrent: ({ signal }, { callId }) => ({ callId, signal }),
  }),
  endCall: v2(callRequests.endCall, {
    payload: Hangup,
    event: 'error_response',
    operation: 'endCall',
    call: (_payload, calls, device) => callToEnd(calls, device),
    toCurrent: (_payload, { callId }) => ({ callId }),
  }),
} as const satisfies V2Defs<CallRequests>

export const v2CallPushes = {
  callUser: ({ signal, from, name, callId }): V2Frame => [
    'callUser',
    { signal, from, name: name ?? '', callId },
  ],
  callSignal: ({ kind, signal }): V2Frame | undefined =>
    kind === 'answer' ? ['callAccepted', signal] : undefined,
  callState: null,
  callEnded: (): V2Frame => ['callEnded'],
} satisfies V2Pushes<{ [K in keyof CallPushes]: z.output<CallPushes[K]> }>
