import { type CallEvent, type CallStatus, callTransition, ringingCall } from '@dowellchat/protocol'
import { v7 as uuidv7 } from 'uuid'
import { isoNow } from '../time.ts'
import { calleesOf } from './call-claims.ts'
import type { CallRow } from './fields/calls.ts'
import type { Call, CallChange, NewCall } from './store.ts'

/** A new call, which rings from now on. */
export function newCallRow(call: NewCall): CallRow {
  const { caller, callee_devices, owner, from, media, ticket_id = null, cid, fingerprint } = call
  return {
    // Ids rise within this process: they tell which call of a device is the newest.
    _id: uuidv7(),
    owner,
    from,
    seq: 0,
    created_at: isoNow(),
    answered_at: null,
    ended_at: null,
    ticket_id,
    media,
    callees: calleesOf(call),
    ...ringingCall(caller, callee_devices),
    user_id: caller.user_id,
    cid,
    fingerprint,
  }
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
