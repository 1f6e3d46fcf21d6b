import { type CallEvent, type CallStatus, callTransition, ringingCall } from '@dowellchat/protocol'
import { v7 as uuidv7 } from 'uuid'
import { isoNow } from '../time.ts'
import { calleesOf } from './call-claims.ts'
import type { CallRow } from './fields/calls.ts'
import type { Call, CallChange, NewCall } from './store.ts'

/** A new call, which rings from now on, or was missed at once. */
export function newCallRow(call: NewCall): CallRow {
  const { caller, callee_devices, unreached, owner, from, media, ticket_id = null, cid, fingerprint } = call
  const now = isoNow()
  return {
    // Ids rise within this process: they tell which call of a device is the newest.
    _id: uuidv7(),
    owner,
    from,
    seq: 0,
    created_at: now,
    answered_at: null,
    ended_at: null,
    ticket_id,
    media,
    callees: calleesOf(call),
    is_blocked: false,
    ...ringingCall(caller, callee_devices),
    ...(unreached && {
      ...{ state: 'ended', reason: 'missed', ended_at: now },
      ...{ callees: [unreached.user_id], is_blocked: unreached.is_blocked },
    }),
    user_id: caller.user_id,
    cid,
    fingerprint,
  }
}

/** The newest of calls that were found under several ids of one user, each once. */
export function newestOf(calls: readonly Call[], limit: number): Call[] {
  const byId = new Map(calls.map((call) => [call._id, call]))
  return [...byId.values()].sort((a, b) => (a._id > b._id ? -1 : 1)).slice(0, limit)
}

/** What an event changes in a call; a store writes `call` where `changed` is true. */
export function callChange(before: Call | undefined, event: CallEvent, owner?: string): CallChange {
  // The text of a call that the device has no part in.
  if (!before) return { refused: 'not_found', why: 'There is no such call' }
  if (owner !== undefined && before.owner !== owner)
    return { refused: 'conflict', why: 'Another server looks after the call' }
  const transition = callTransition(before, event)
  if ('refused' in transition) return transition
  if (!transition.changed) return { changed: false, before, call: before }
  return { changed: true, before, call: changedCall(before, transition.status, event.type === 'answer') }
}

function changedCall(call: Call, status: CallStatus, isAnswer: boolean): Call {
  const now = isoNow()
  return {
    ...call,
    ...status,
    seq: isAnswer ? call.seq + 1 : call.seq,
    answered_at: isAnswer ? now : call.answered_at,
    ended_at: status.state === 'ended' ? now : null,
  }
}
