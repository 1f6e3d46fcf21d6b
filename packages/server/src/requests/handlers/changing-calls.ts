import { type CallDevice, type CallEvent, callDevices, isSameDevice } from '@dowellchat/protocol'
import { tellMissed } from '../../calls/call-parts.ts'
import { devicesOf } from '../../delivery/audience.ts'
import type { Facts } from '../../delivery/facts.ts'
import { RequestError } from '../../errors.ts'
import { nameOf } from '../../sockets/place.ts'
import type { Call, CallChange } from '../../stores/store.ts'
import type { Context } from '../handler.ts'

/** What a device makes of a call. */
type DeviceEvent = Exclude<CallEvent, { type: 'expire' }>

/** Changes a call for a device. @throws RequestError if it may not */
export async function change(
  context: Context,
  callId: string,
  event: DeviceEvent,
): Promise<{ changed: boolean; call: Call }> {
  const { workspace_id } = context.session
  const { user_id, device_id } = event.device
  const name = `${event.type} ${workspace_id} ${callId} ${user_id} ${device_id}`
  const { outcome, wasInDoubt } = await context.doubts.settle(name, () =>
    context.store.calls.transition(workspace_id, callId, event),
  )
  traceChange(context, callId, event, outcome)
  if ('refused' in outcome) throw new RequestError(outcome.refused, outcome.why)
  return { call: outcome.call, changed: outcome.changed || wasInDoubt }
}

function traceChange(
  { trace, session }: Context,
  call: string,
  event: DeviceEvent,
  outcome: CallChange,
): void {
  if (!trace) return
  const result =
    'refused' in outcome
      ? { outcome: outcome.refused }
      : {
          outcome: outcome.changed ? 'ok' : 'repeated',
          state: outcome.call.state,
          reason: outcome.call.reason,
        }
  trace({ step: event.type, call, device: event.device, ...result, workspace: session.workspace_id }, 'call')
}

/** Announces the end of a call to all its devices except the requesting one. */
export function announceEnd(context: Context, call: Call): void {
  endHere(context, call)
  const own = deviceOf(context)
  const others = callDevices(call).filter((device) => !isSameDevice(device, own))
  announce(context, others, 'callEnded', { callId: call._id, reason: call.reason ?? 'lost' })
}

/** Announces the end of a call, where it has ended now. The first of several tries may have ended before its ticket was told. */
export function finishEnd(context: Context, call: Call, changed: boolean): void {
  if (call.state !== 'ended') return
  if (changed) announceEnd(context, call)
  else context.callEnded(context.session.workspace_id, call)
}

/** What the end of a call means for this server, and for those outside. */
export function endHere({ callCare, missedCall, callEnded, session }: Context, call: Call): void {
  callCare.ended(call._id)
  if (missedCall) tellMissed(missedCall, session.workspace_id, call)
  callEnded(session.workspace_id, call)
}

/** Tells these devices of a call of the session's workspace. */
export function announce<K extends keyof Facts>(
  { session, notify }: Context,
  devices: readonly CallDevice[],
  fact: K,
  data: Facts[K],
): void {
  notify(devicesOf(session.workspace_id, devices), fact, data)
}

export function deviceOf({ session: { user_id, device_id } }: Context): CallDevice {
  return { user_id, device_id }
}

/** Runs a task after those that the session's user has asked for before. */
export function inOrder<T>({ calls, session }: Context, task: () => Promise<T>): Promise<T> {
  return calls.run(nameOf([session.workspace_id, session.user_id]), task)
}
