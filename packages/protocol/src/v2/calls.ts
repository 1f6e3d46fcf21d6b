import * as z from 'zod/mini'
import { type CallPushes, type CallRequests, callRequests } from '../calls.ts'
import { Signal } from '../fields.ts'
import { type CallDevice, isSameDevice, isUnderWay } from '../rules/call-transition.ts'
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
  v2Named,
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
  const active = calls.find(isUnderWay)
  const outgoing = calls.find((call) => isSameDevice(call.caller, device))
  return active ?? outgoing ?? calls[0]
}

const lateTypes: ReadonlySet<unknown> = new Set(['candidate', 'renegotiate', 'transceiverRequest'])

/** Whether a signal of `simple-peer` belongs to a call that was offered or answered before. */
function isLate(signal: unknown): boolean {
  const { type, candidate, sdp } = fieldsOf(signal)
  return sdp === undefined && (candidate !== undefined || lateTypes.has(type))
}

/** What is in a signal: pages send it as an object or as JSON text. */
function fieldsOf(signal: unknown): Readonly<Record<string, unknown>> {
  const value = typeof signal === 'string' ? parsed(signal) : signal
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The socket's own call to an address that a page names, as it has sent it. */
function callTo(address: string, calls: readonly V2OpenCall[], device: CallDevice): V2OpenCall | undefined {
  const outgoing = calls.filter(({ caller }) => isSameDevice(caller, device))
  return (
    outgoing.find(({ callee_devices }) =>
      callee_devices.some((one) => Object.values(one).includes(address)),
    ) ?? outgoing[0]
  )
}

const Offer = z.object({ userToCall: V2Id, signalData: Signal, from: V2Address, name: V2Name })
const Answer = z.object({ signal: Signal, to: V2Address })

/** A page that trickles emits `callUser` and `answerCall` again, with what else it has to send. */
const lateOffer = v2Named('signalCall', callRequests.signalCall, {
  payload: Offer,
  event: 'error_response',
  operation: 'callUser',
  call: ({ userToCall }, calls, device) => callTo(v2Id(userToCall), calls, device),
  toCurrent: ({ signalData }, { callId }) => ({ callId, signal: signalData }),
})
const lateAnswer = v2Named('signalCall', callRequests.signalCall, {
  payload: Answer,
  event: 'error_response',
  operation: 'answerCall',
  // The answer itself may not have been handled yet.
  call: ({ to }, calls, device) =>
    calls.find(({ answered_by }) => isSameDevice(answered_by, device)) ??
    callToAnswer(calls, device, v2Address(to)),
  toCurrent: ({ signal }, { callId }) => ({ callId, signal }),
})

export const v2CallRequests = {
  callUser: v2(callRequests.callUser, {
    payload: Offer,
    instead: ({ signalData }) => (isLate(signalData) ? lateOffer : undefined),
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
    payload: Answer,
    instead: ({ signal }) => (isLate(signal) ? lateAnswer : undefined),
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
  // What V2 passed on after offer and answer came under the same two events.
  callSignal: ({ signal, from, callId }): V2Frame =>
    from === undefined ? ['callAccepted', signal] : ['callUser', { signal, from, name: '', callId }],
  callState: null,
  callEnded: (): V2Frame => ['callEnded'],
} satisfies V2Pushes<{ [K in keyof CallPushes]: z.output<CallPushes[K]> }>
