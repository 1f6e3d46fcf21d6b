import {
  type CallDevice,
  type CallEvent,
  type CallRecord,
  type CallRequests,
  callDevices,
  hasMembers,
  isMissed,
  isParty,
  isSameDevice,
  isUnderWay,
  type PayloadOf,
  roomStream,
} from '@dowellchat/protocol'
import { tellMissed } from '../../calls/call-parts.ts'
import { devicesOf } from '../../delivery/audience.ts'
import type { Callable, Connection } from '../../delivery/connection.ts'
import type { Facts } from '../../delivery/facts.ts'
import { RequestError } from '../../errors.ts'
import { isAnonymous } from '../../identity/anonymous.ts'
import type { Call, CallChange } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireRow, requireTicket } from './access.ts'
import { acquaintancesAmong, meetsAnybody } from './acquaintances.ts'
import { blockersAmong } from './blocks.ts'

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
      const event = { type: 'reject', device: deviceOf(context), reason } as const
      const { changed, call } = await change(context, callId, event)
      if (changed && call.state === 'ended') announceEnd(context, call)
      return { callId, reason: call.reason }
    })
  },

  endCall({ callId, reason }, context) {
    return inOrder(context, async () => {
      const event = { type: 'end', device: deviceOf(context), ...(reason && { reason }) } as const
      const { changed, call } = await change(context, callId, event)
      if (changed) announceEnd(context, call)
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
    const { workspace_id, user_id } = session
    const page = { ...(missed && { missed }), ...(before !== undefined && { before }), limit: limit + 1 }
    // After what the same user has asked for before: who has hung up sees a call that has ended.
    return inOrder(context, async () => {
      const calls = await store.calls.history(workspace_id, user_id, page)
      const shown = calls.slice(0, limit).map((call) => toRecord(call, user_id))
      return { calls: shown, more: calls.length > limit }
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

/** A call as one of its users finds it in their history. */
function toRecord(call: Call, user_id: string): CallRecord {
  const { _id, caller, callees, answered_by, media, state, reason } = call
  const { ticket_id, created_at, answered_at, ended_at } = call
  const is_missed = isMissed(call) && callees.includes(user_id)
  return {
    _id,
    caller: caller.user_id,
    callees: [...callees],
    answered_by: answered_by?.user_id ?? null,
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
  const { store, session, connection } = context
  const list = () => store.calls.listOpen(session.workspace_id, device)
  if ((await inOrder(context, list)).length === 0 || (await connection.hasOtherSocket())) return
  await inOrder(context, async () => {
    for (const { _id } of await list()) {
      const { changed, call } = await change(context, _id, { type: mayReturn ? 'leave' : 'lose', device })
      if (changed && call.state === 'ended') announceEnd(context, call)
    }
  })
}

type Search = ReturnType<Connection['search']>

async function ring(
  { userToCall, signalData, from, media = 'video', ticket_id, cid }: PayloadOf<'callUser'>,
  search: Search,
  context: Context,
): Promise<{ callId: string; crossed?: boolean }> {
  const { session, connection, store, fingerprint, trace, limits } = context
  if ([connection.socketId, session.user_id].includes(userToCall)) {
    throw new RequestError('invalid_payload', 'userToCall: expected somebody else')
  }
  const { workspace_id } = session
  if (ticket_id !== undefined) await requireTicket(context, ticket_id)
  const callee_devices = await withoutBlockers(context, await reachableAt(userToCall, search, context))
  trace?.(
    { step: 'devices found', cid, to: userToCall, devices: callee_devices, workspace: workspace_id },
    'call',
  )
  connection.enterCall(callee_devices)
  const caller = deviceOf(context)
  const most_ringing = limits.callerPendingCalls
  const newCall = {
    workspace_id,
    caller,
    callee_devices,
    owner: context.callCare.owner,
    from: addressOf(context, from),
    media,
    ...(ticket_id !== undefined && { ticket_id }),
    cid,
    fingerprint,
    most_ringing,
  }
  const name = `call ${workspace_id} ${caller.user_id} ${cid}`
  const { outcome: creation, wasInDoubt } = await context.doubts.settle(name, () =>
    store.calls.create(newCall),
  )
  if (!creation) {
    await noteMissed(context, userToCall, cid)
    throw new RequestError('not_found', `${userToCall} cannot be reached`)
  }
  if ('crossed' in creation) {
    const callId = creation.crossed._id
    trace?.({ step: 'crossed', call: callId, cid, workspace: workspace_id }, 'call')
    return { callId, crossed: true }
  }
  if ('conflict' in creation && creation.conflict === 'talking')
    throw new RequestError('conflict', 'You are in a call: end it before you start another')
  const { row: call, created } = requireRow(creation, cid, 'Call', callLimit(most_ringing))
  const callId = call._id
  trace?.(
    { step: created ? 'created' : 'repeated', call: callId, cid, state: call.state, workspace: workspace_id },
    'call',
  )
  if (created || (wasInDoubt && call.state === 'ringing')) {
    const offer = {
      callId,
      signal: signalData,
      from: call.from,
      name: session.name,
      user_id: caller.user_id,
      media,
      ticket_id: call.ticket_id,
    }
    context.callCare.made(workspace_id, offer)
    const { busy, free } = await pagesThatTalk(context, call.callee_devices)
    announce(context, free, 'callUser', offer)
    await rejectAsBusy(context, callId, busy)
  }
  return { callId }
}

/** V2's pages have one call at a time, and answer none while they talk; other clients decide that themselves. */
async function pagesThatTalk(
  { session, store }: Context,
  devices: readonly CallDevice[],
): Promise<{ busy: CallDevice[]; free: CallDevice[] }> {
  const talks = await Promise.all(
    devices.map(async (device) => {
      if (!isAnonymous(device)) return false
      return (await store.calls.listOpen(session.workspace_id, device)).some(isUnderWay)
    }),
  )
  return { busy: devices.filter((_, at) => talks[at]), free: devices.filter((_, at) => !talks[at]) }
}

async function rejectAsBusy(context: Context, callId: string, busy: readonly CallDevice[]): Promise<void> {
  for (const device of busy) {
    const { changed, call } = await change(context, callId, { type: 'reject', device, reason: 'busy' })
    if (!changed || call.state !== 'ended') continue
    announce(context, [call.caller], 'callEnded', { callId, reason: 'busy' })
    endHere(context, call)
  }
}

/** Lets somebody who is connected nowhere know that the session has called, if it may ring them. */
async function noteMissed(context: Context, user_id: string, cid: string): Promise<void> {
  const { missedCall, session, store } = context
  const { workspace_id, user_id: caller } = session
  if (!missedCall || isAnonymous(session) || hasMembers(user_id)) return
  const [known, blockers, acquaintances] = await Promise.all([
    store.users.get(workspace_id, [user_id]),
    blockersAmong(context, [user_id]),
    meetsAnybody(context) ? undefined : acquaintancesAmong(context, [user_id]),
  ])
  const mayRing = acquaintances?.has(user_id) ?? true
  if (known.length > 0 && !blockers.has(user_id) && mayRing)
    missedCall(workspace_id, { call: cid, user_id, caller })
}

function callLimit(most: number): string {
  return `You are ringing already: one call to the same person, and ${most} in all, may wait for an answer`
}

/** The devices without those of users who have blocked the caller: for the caller they are offline. */
async function withoutBlockers(context: Context, devices: readonly CallDevice[]): Promise<CallDevice[]> {
  const blockers = await blockersAmong(
    context,
    devices.map(({ user_id }) => user_id),
  )
  return devices.filter(({ user_id }) => !blockers.has(user_id))
}

/** The devices at an address that the session may ring. Whom it may not ring is like somebody who is offline. */
async function reachableAt(address: string, search: Search, context: Context): Promise<CallDevice[]> {
  const { session, workspace } = context
  const isRoomOfMembers = hasMembers(address)
  if (isRoomOfMembers && !(await isMember(context, address))) return []
  const found = await search()
  if (isRoomOfMembers || isAnonymous(session) || meetsAnybody(context)) return found.map(toDevice)
  // The same look-ups whether the user is connected or not.
  const known = await acquaintancesAmong(context, [address, ...found.map(({ user_id }) => user_id)])
  const mayRing = (one: Callable) =>
    known.has(one.user_id) ||
    isAnonymous(one) ||
    (workspace?.customers_ring_agents === true && one.role !== 'customer')
  return found.filter(mayRing).map(toDevice)
}

async function isMember({ session, store }: Context, room: string): Promise<boolean> {
  return (await store.rooms.membership(session.workspace_id, room, session.user_ids)) !== null
}

function toDevice({ user_id, device_id }: Callable): CallDevice {
  return { user_id, device_id }
}

/** The caller's address as the callee sees it: the claimed one, if it belongs to the caller. */
function addressOf({ session, connection }: Context, claimed: string | undefined): string {
  const { workspace_id, user_id } = session
  const isOwn =
    claimed !== undefined &&
    ([connection.socketId, user_id].includes(claimed) ||
      connection.isSubscribed({ workspace_id, stream: roomStream(claimed) }))
  return isOwn ? claimed : connection.address
}

async function change(
  context: Context,
  callId: string,
  event: Exclude<CallEvent, { type: 'expire' }>,
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
  event: Exclude<CallEvent, { type: 'expire' }>,
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
function announceEnd(context: Context, call: Call): void {
  endHere(context, call)
  const own = deviceOf(context)
  const others = callDevices(call).filter((device) => !isSameDevice(device, own))
  announce(context, others, 'callEnded', { callId: call._id, reason: call.reason ?? 'lost' })
}

/** What the end of a call means for this server, and for those outside. */
function endHere({ callCare, missedCall, callEnded, session }: Context, call: Call): void {
  callCare.ended(call._id)
  if (missedCall) tellMissed(missedCall, session.workspace_id, call)
  callEnded(session.workspace_id, call)
}

function announce<K extends keyof Facts>(
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
  return calls.run(session.workspace_id, task, session.user_id)
}
