import {
  type CallDevice,
  type CallRecord,
  type CallRequests,
  callDevices,
  isMissed,
  isParty,
  isSameDevice,
  isUnderWay,
} from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { anonymousPrefix } from '../../identity/anonymous.ts'
import { namedIn } from '../../stores/call-claims.ts'
import type { Call } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { announce, announceEnd, change, deviceOf, finishEnd, inOrder } from './changing-calls.ts'
import { ring } from './ringing.ts'

export const callHandlers: Handlers<CallRequests> = {
  callUser(payload, context) {
    // Before the first await, because the caller may disconnect during it.
    context.connection.enterCall([deviceOf(context)])
    // Other servers may take their time, which later requests need not wait for one after the other.
    const search = context.connection.search(payload.userToCall)
    return inOrder(context, () => ring(payload, search, context))
  },

  answerCall({ callId, signal }, context) {
    return inOrder(context, async () => {
      const event = { type: 'answer', device: deviceOf(context), fingerprint: context.fingerprint } as const
      const { changed, call } = await change(context, callId, event)
      if (!changed || !isUnderWay(call)) return { callId }
      announce(context, [call.caller], 'callSignal', { callId, seq: call.seq, signal, kind: 'answer' })
      context.callCare.signals.answered(context.session.workspace_id, call, signal)
      const others = call.callee_devices.filter((device) => !isSameDevice(call.answered_by, device))
      announce(context, others, 'callEnded', { callId, reason: 'answered_elsewhere' })
      return { callId }
    })
  },

  rejectCall({ callId, reason = 'declined' }, context) {
    return inOrder(context, async () => {
      const device = deviceOf(context)
      const { changed, call } = await change(context, callId, { type: 'reject', device, reason })
      context.callCare.rejected(callId, device)
      finishEnd(context, call, changed)
      return { callId, reason: call.reason }
    })
  },

  endCall({ callId, reason }, context) {
    return inOrder(context, async () => {
      const event = { type: 'end', device: deviceOf(context), ...(reason && { reason }) } as const
      const { changed, call } = await change(context, callId, event)
      finishEnd(context, call, changed)
      return { callId, reason: call.reason ?? 'hung_up' }
    })
  },

  signalCall({ callId, nth, signal }, context) {
    return inOrder(context, async () => {
      const { session, store, callCare } = context
      const call = await store.calls.get(session.workspace_id, callId)
      const by = deviceOf(context)
      expectSignals(call, by)
      return { callId, seq: await callCare.signals.send(session.workspace_id, call, { by, nth, signal }) }
    })
  },

  resumeCall({ callId, seq }, context) {
    return inOrder(context, async () => {
      const device = deviceOf(context)
      const { call } = await change(context, callId, { type: 'return', device })
      if (!callDevices(call).some((one) => isSameDevice(one, device))) throw noSuchCall()
      if (call.state === 'ended') throw new RequestError('conflict', 'The call has ended')
      const { workspace_id } = context.session
      const missed = await context.callCare.signals.missed(workspace_id, call, device, seq)
      return { callId, state: call.state, ...missed }
    })
  },

  reportCall({ callId }, context) {
    return inOrder(context, async () => {
      const { call } = await change(context, callId, { type: 'connect', device: deviceOf(context) })
      return { callId, state: call.state }
    })
  },

  get_calls({ missed, before, limit = callsAtOnce }, context) {
    const { session, store } = context
    const { workspace_id, user_ids } = session
    const page = { ...(missed && { missed }), ...(before !== undefined && { before }), limit: limit + 1 }
    // After what the same user has asked for before: who has hung up sees a call that has ended.
    return inOrder(context, async () => {
      const calls = await store.calls.history(workspace_id, user_ids, page)
      const shown = calls.slice(0, limit)
      const users = await usersIn(shown, context)
      return { calls: shown.map((call) => toRecord(call, user_ids, users)), more: calls.length > limit }
    })
  },

  async get_ice_servers(_payload, { iceServers, session }) {
    return iceServers(session.user_id)
  },
}

/** How many calls of a history are answered where nobody says how many. */
const callsAtOnce = 50

function noSuchCall(): RequestError {
  return new RequestError('not_found', 'There is no such call')
}

/** Throws where a device has nothing to send in a call. */
function expectSignals(call: Call | null, device: CallDevice): asserts call is Call {
  const isIn = [call?.caller, ...(call?.callee_devices ?? [])].some((one) => one && isSameDevice(one, device))
  if (!call || !isIn) throw noSuchCall()
  if (call.state === 'ended') throw new RequestError('conflict', 'The call has ended')
  if (isParty(call, device)) return
  const why = call.state === 'ringing' ? 'Answer the call first' : 'The call was answered on another device'
  throw new RequestError('conflict', why)
}

/** Who the guests of calls have become. What is a guest's stays where it is, so that nothing is in the way of open calls. */
async function usersIn(
  calls: readonly Call[],
  { session, store }: Context,
): Promise<ReadonlyMap<string, string>> {
  const guests = new Set(calls.flatMap(namedIn).filter((id) => id.startsWith(anonymousPrefix)))
  if (guests.size === 0) return new Map()
  const aliases = await store.aliases.among(session.workspace_id, [...guests])
  return new Map(aliases.map(({ guest_id, user_id }) => [guest_id, user_id]))
}

/** A call as one of its users finds it in their history. @param users who its guests have become */
function toRecord(call: Call, user_ids: readonly string[], users: ReadonlyMap<string, string>): CallRecord {
  const { _id, caller, callees, answered_by, media, state, reason } = call
  const { ticket_id, created_at, answered_at, ended_at } = call
  const is_missed = isMissed(call) && callees.some((id) => user_ids.includes(id))
  const userOf = (id: string) => users.get(id) ?? id
  return {
    _id,
    caller: userOf(caller.user_id),
    callees: [...new Set(callees.map(userOf))],
    answered_by: answered_by && userOf(answered_by.user_id),
    media,
    state,
    reason,
    is_missed,
    ticket_id,
    created_at,
    answered_at,
    ended_at,
  }
}

/**
 * Removes a disconnected device from its calls; ends those that cannot continue without it.
 * @param mayReturn whether the device may come back: then the owner of its calls waits for it
 */
export async function loseCalls(context: Context, mayReturn: boolean): Promise<void> {
  const device = deviceOf(context)
  const { store, session, connection, callCare } = context
  const list = () => store.calls.listOpen(session.workspace_id, device)
  if ((await inOrder(context, list)).length === 0 || (await connection.hasOtherSocket())) return
  await inOrder(context, async () => {
    for (const { _id } of await list()) {
      const { changed, call } = await change(context, _id, { type: mayReturn ? 'leave' : 'lose', device })
      if (changed && call.state === 'ended') announceEnd(context, call)
      else if (mayReturn) callCare.left(_id, device)
    }
  })
}
