import { isMissed, isSameDevice, isUnderWay } from '@dowellchat/protocol'
import type { Call, CallChange, CallCreation, NewCall } from './domains/calls.ts'

// Whom a call is about, and what it keeps others from while it is open.

/** Why a call is not made. */
export type CallRefusal = Extract<CallCreation, { readonly conflict: unknown } | { readonly crossed: Call }>

type Refused = Extract<CallChange, { readonly refused: unknown }>

/** The users whom a call rings, without its caller's own; who rings another device of their own rings themselves. */
export function calleesOf({ caller, callee_devices }: Pick<NewCall, 'caller' | 'callee_devices'>): string[] {
  const users = [...new Set(callee_devices.map(({ user_id }) => user_id))]
  const others = users.filter((user) => user !== caller.user_id)
  return others.length > 0 ? others : users
}

/** The users whom a call has rung. One from before they were kept knows them by the devices that it has left. */
function rungBy(call: Call): readonly string[] {
  return call.callees.length > 0 ? call.callees : calleesOf(call)
}

/** The users whom a call names. */
export function namedIn(call: Call): string[] {
  const answered = call.answered_by ? [call.answered_by.user_id] : []
  return [...new Set([call.caller.user_id, ...rungBy(call), ...answered])]
}

/** The users who find a call in their history. */
export function partiesOf(call: Call): string[] {
  return call.is_blocked ? [call.caller.user_id] : namedIn(call)
}

/** The users who have missed a call. */
export function missedBy(call: Call): readonly string[] {
  return isMissed(call) && !call.is_blocked ? rungBy(call) : []
}

/** Whether no device has ever rung for a call: it was missed at once. */
export function hasNeverRung({ callee_devices }: Pick<NewCall, 'callee_devices'>): boolean {
  return callee_devices.length === 0
}

/** The users of a call that was answered and has not ended. */
export function talkersOf(call: Call): string[] {
  if (!isUnderWay(call)) return []
  return [...new Set([call.caller, call.answered_by].flatMap((device) => device?.user_id ?? []))]
}

/**
 * What no other call may have at the same time, as texts: while it rings each pair of users between which it does, while it is
 * under way each of its users. User ids have no control characters.
 */
export function claimsOf(call: Call): string[] {
  if (call.state === 'ringing') return rungBy(call).map((callee) => pairClaim(call.caller.user_id, callee))
  return talkersOf(call).map(talkClaim)
}

export function talkClaim(user: string): string {
  return `talks\n${user}`
}

function pairClaim(caller: string, callee: string): string {
  return ['rings', ...[caller, callee].toSorted()].join('\n')
}

/** What is in the way of a new call. @param others open calls, among them those of its caller's user and those that ring a pair of its */
export function callRefusal(others: readonly Call[], newCall: NewCall): CallRefusal | undefined {
  if (hasNeverRung(newCall)) return undefined
  const user = newCall.caller.user_id
  if (others.some((call) => talkersOf(call).includes(user))) return { conflict: 'talking' }
  const pairs = calleesOf(newCall).map((callee) => pairClaim(user, callee))
  const held = others.filter((call) => claimsOf(call).some((claim) => pairs.includes(claim)))
  const crossed = held.find((call) => isCrossed(call, newCall))
  if (crossed) return { crossed }
  return held.length > 0 || isOneTooMany(others, newCall) ? { conflict: 'limit' } : undefined
}

/** Whether a call that rings comes from somebody whom the new one would ring, to its caller. */
function isCrossed(call: Call, newCall: NewCall): boolean {
  const { caller } = call
  if (isSameDevice(caller, newCall.caller)) return false
  return calleesOf(newCall).includes(caller.user_id) && rungBy(call).includes(newCall.caller.user_id)
}

/** Whether the caller's user rings as many as they may already. @param others open calls, among them all of that user */
export function isOneTooMany(others: readonly Call[], newCall: NewCall): boolean {
  const { caller, most_ringing } = newCall
  if (most_ringing === undefined || hasNeverRung(newCall)) return false
  const ringing = others.filter((call) => call.state === 'ringing' && call.caller.user_id === caller.user_id)
  return ringing.length >= most_ringing
}

/** What is in the way of an answer. @param answered the call as it would be. @param open open calls, among them those of its users */
export function answerRefusal(answered: Call, open: readonly Call[]): Refused | undefined {
  const others = open.filter(({ _id }) => _id !== answered._id)
  const talks = (user: string) => others.some((call) => talkersOf(call).includes(user))
  if (answered.answered_by && talks(answered.answered_by.user_id))
    return { refused: 'conflict', why: 'You are in another call: end it first' }
  if (talks(answered.caller.user_id)) return { refused: 'conflict', why: 'The caller is in another call' }
  return undefined
}
