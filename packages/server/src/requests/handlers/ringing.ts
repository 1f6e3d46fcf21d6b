import {
  type CallDevice,
  hasMembers,
  isUnderWay,
  type PayloadOf,
  roomStream,
  type Session,
} from '@dowellchat/protocol'
import { tellMissed } from '../../calls/call-parts.ts'
import type { Callable, Connection } from '../../delivery/connection.ts'
import { RequestError } from '../../errors.ts'
import { isAnonymous } from '../../identity/anonymous.ts'
import { isAllowedRoom } from '../../identity/permissions.ts'
import { hasNeverRung } from '../../stores/call-claims.ts'
import { isUnavailable } from '../../stores/is-unavailable.ts'
import type { Unreached } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { requireRow, requireTicket } from './access.ts'
import { acquaintancesAmong, meetsAnybody } from './acquaintances.ts'
import { blockersAmong } from './blocks.ts'
import { announce, change, deviceOf, endHere } from './changing-calls.ts'

type Search = ReturnType<Connection['search']>

/** Makes a call, and rings whoever is at its address. @param search looks for them */
export async function ring(
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
  const unreached = callee_devices.length === 0 ? await unreachedAt(userToCall, context) : undefined
  const caller = deviceOf(context)
  const most_ringing = limits.callerPendingCalls
  const newCall = {
    workspace_id,
    caller,
    callee_devices,
    ...(unreached && { unreached }),
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
  if (!creation) throw unreachable(userToCall)
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
  if (hasNeverRung(call)) {
    if (context.missedCall) tellMissed(context.missedCall, workspace_id, call)
    context.callEnded(workspace_id, call)
    throw unreachable(userToCall)
  }
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
    context.callCare.made(workspace_id, caller, offer)
    const { busy, free } = await pagesThatTalk(context, call.callee_devices)
    announce(context, free, 'callUser', offer)
    context.callCare.ringLate(workspace_id, call, connection.search(userToCall))
    await rejectAsBusy(context, callId, busy)
  }
  return { callId }
}

/** V2's pages have one call at a time, and answer none while they talk; other clients decide that themselves. */
async function pagesThatTalk(
  context: Context,
  devices: readonly CallDevice[],
): Promise<{ busy: CallDevice[]; free: CallDevice[] }> {
  const talks = await Promise.all(
    devices.map(async (device) => isAnonymous(device) && (await talksNow(context, device))),
  )
  return { busy: devices.filter((_, at) => talks[at]), free: devices.filter((_, at) => !talks[at]) }
}

/** False also where the store cannot tell: the call is made, and nobody else would ever ring for it. */
async function talksNow({ session, store }: Context, device: CallDevice): Promise<boolean> {
  try {
    return (await store.calls.listOpen(session.workspace_id, device)).some(isUnderWay)
  } catch (error) {
    if (isUnavailable(error)) return false
    throw error
  }
}

async function rejectAsBusy(context: Context, callId: string, busy: readonly CallDevice[]): Promise<void> {
  for (const device of busy) {
    const { changed, call } = await change(context, callId, { type: 'reject', device, reason: 'busy' })
    if (!changed || call.state !== 'ended') continue
    announce(context, [call.caller], 'callEnded', { callId, reason: 'busy' })
    endHere(context, call)
  }
}

/**
 * Who misses a call to an address at which no device can ring: a user whom the session may ring. What a caller stores by it is
 * bounded as other calls are, by the points that `callUser` costs.
 */
async function unreachedAt(user_id: string, context: Context): Promise<Unreached | undefined> {
  const { session, store } = context
  if (isAnonymous(session) || hasMembers(user_id)) return undefined
  const [known, blockers, acquaintances] = await Promise.all([
    store.users.get(session.workspace_id, [user_id]),
    blockersAmong(context, [user_id]),
    meetsAnybody(context) ? undefined : acquaintancesAmong(context, [user_id]),
  ])
  const mayRing = acquaintances?.has(user_id) ?? true
  if (known.length === 0 || !mayRing) return undefined
  // Without a call in their own history, who is blocked would learn of it there.
  return { user_id, is_blocked: blockers.has(user_id) }
}

function unreachable(address: string): RequestError {
  return new RequestError('not_found', `${address} cannot be reached`)
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
  const { isRoom, devices } = await search()
  if (isRoomOfMembers || isAnonymous(session)) return devices.map(toDevice)
  const found = isRoom && !mayRingRoom(address, session) ? [] : devices
  if (meetsAnybody(context)) return found.map(toDevice)
  // The same look-ups whether the user is connected or not.
  const known = await acquaintancesAmong(context, [address, ...devices.map(({ user_id }) => user_id)])
  const mayRing = (one: Callable) =>
    known.has(one.user_id) ||
    isAnonymous(one) ||
    (workspace?.customers_ring_agents === true && one.role !== 'customer')
  return found.filter(mayRing).map(toDevice)
}

/** Who is in an open room has not chosen to be rung by everybody who may join it. */
function mayRingRoom(room: string, session: Session): boolean {
  return session.role !== 'customer' && isAllowedRoom(room, session)
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
