import {
  type CallDevice,
  type CallEvent,
  type CallRequests,
  callDevices,
  isSameDevice,
  type PayloadOf,
  roomStream,
} from '@dowellchat/protocol'
import { devicesOf } from '../../delivery/audience.ts'
import type { Facts } from '../../delivery/facts.ts'
import { RequestError } from '../../errors.ts'
import { hasIdentity } from '../../identity/authenticate.ts'
import type { Call } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireCreated } from './access.ts'

export const callHandlers: Handlers<CallRequests> = {
  callUser(payload, context) {
    // Before anything is waited for: the caller may be gone in the next moment.
    context.connection.enterCall([deviceOf(context)])
    return inOrder(context, () => ring(payload, context))
  },

  answerCall({ callId, signal }, context) {
    return inOrder(context, async () => {
      const event = { type: 'answer', device: deviceOf(context), fingerprint: context.fingerprint } as const
      const { changed, call } = await change(context, callId, event)
      if (!changed) return { callId }
      tell(context, [call.caller], 'callSignal', { callId, seq: call.seq, signal, kind: 'answer' })
      const others = call.callee_devices.filter((device) => !isSameDevice(call.answered_by, device))
      tell(context, others, 'callEnded', { callId, reason: 'answered_elsewhere' })
      return { callId }
    })
  },

  endCall({ callId }, context) {
    return inOrder(context, async () => {
      const { changed, call } = await change(context, callId, { type: 'end', device: deviceOf(context) })
      if (changed) tellEnd(context, call)
      return { callId, reason: call.reason ?? 'hung_up' }
    })
  },
}

/** Takes a device that is gone out of its calls, which ends those that cannot go on without it. */
export function loseCalls(context: Context): Promise<void> {
  return inOrder(context, async () => {
    const device = deviceOf(context)
    if (await context.connection.hasOtherSocket()) return
    for (const { _id } of await context.store.calls.listOpen(context.session.workspace_id, device)) {
      const { changed, call } = await change(context, _id, { type: 'lose', device })
      if (changed && call.state === 'ended') tellEnd(context, call)
    }
  })
}

async function ring(
  { userToCall, signalData, from, cid }: PayloadOf<'callUser'>,
  context: Context,
): Promise<{ callId: string }> {
  const { session, connection, store, fingerprint } = context
  if ([connection.socketId, session.user_id].includes(userToCall)) {
    throw new RequestError('invalid_payload', 'userToCall: expected somebody else')
  }
  const callee_devices = await connection.devicesAt(userToCall)
  connection.enterCall(callee_devices)
  const { workspace_id } = session
  const caller = deviceOf(context)
  const made = { workspace_id, caller, callee_devices, from: addressOf(context, from), cid, fingerprint }
  const creation = await store.calls.create(made)
  if (!creation) throw new RequestError('not_found', `${userToCall} cannot be reached`)
  const { row: call, created } = requireCreated(creation, cid, 'Call')
  const callId = call._id
  if (created) {
    tell(context, callee_devices, 'callUser', {
      callId,
      signal: signalData,
      from: call.from,
      name: session.name,
    })
  }
  return { callId }
}

/** The address that the callee is shown: what the caller says if it is one of its own, else its user or socket id. */
function addressOf({ session, connection }: Context, claimed: string | undefined): string {
  const { workspace_id, user_id } = session
  const isOwn =
    claimed !== undefined &&
    ([connection.socketId, user_id].includes(claimed) ||
      connection.isSubscribed({ workspace_id, stream: roomStream(claimed) }))
  if (isOwn) return claimed
  return hasIdentity(session) ? user_id : connection.socketId
}

async function change(
  context: Context,
  callId: string,
  event: CallEvent,
): Promise<{ changed: boolean; call: Call }> {
  const outcome = await context.store.calls.transition(context.session.workspace_id, callId, event)
  if ('refused' in outcome) throw new RequestError(outcome.refused, outcome.why)
  return outcome
}

/** Tells everybody in a call that has ended, except the one who asked and knows. */
function tellEnd(context: Context, call: Call): void {
  const asking = deviceOf(context)
  const others = callDevices(call).filter((device) => !isSameDevice(device, asking))
  tell(context, others, 'callEnded', { callId: call._id, reason: call.reason ?? 'lost' })
}

function tell<K extends keyof Facts>(
  { session, notify }: Context,
  devices: readonly CallDevice[],
  fact: K,
  data: Facts[K],
): void {
  notify(devicesOf(session.workspace_id, devices), fact, data)
}

function deviceOf({ session: { user_id, device_id } }: Context): CallDevice {
  return { user_id, device_id }
}

function inOrder<T>({ calls, session }: Context, task: () => Promise<T>): Promise<T> {
  return calls.run(session.workspace_id, task)
}
