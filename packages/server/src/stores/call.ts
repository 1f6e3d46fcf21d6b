import type { CallStatus } from '@dowellchat/protocol'
import type { Call, NewCall } from './store.ts'

/** A new call, which rings from now on. */
export function ringingCall(id: string, { caller, callee_devices, from }: NewCall): Call {
  return {
    _id: id,
    from,
    seq: 0,
    created_at: new Date().toISOString(),
    answered_at: null,
    ended_at: null,
    state: 'ringing',
    caller,
    callee_devices,
    answered_by: null,
    answer_fingerprint: null,
    reason: null,
  }
}

/** The call in the state that a transition has led to. */
export function changedCall(call: Call, status: CallStatus, isAnswer: boolean): Call {
  const now = new Date().toISOString()
  return {
    ...call,
    ...status,
    seq: isAnswer ? call.seq + 1 : call.seq,
    answered_at: isAnswer ? now : call.answered_at,
    ended_at: status.state === 'ended' ? now : null,
  }
}
