import { describe, expect, it } from 'vitest'
import {
  type CallDevice,
  type CallEvent,
  type CallStatus,
  callDevices,
  callTransition,
  isMissed,
  ringingCall,
} from './call-transition.ts'

const device = (user_id: string, device_id = `${user_id} tab`): CallDevice => ({ user_id, device_id })
const [ann, bob, bobsPhone, eve] = [device('ann'), device('bob'), device('bob', 'bob phone'), device('eve')]

const ringing = ringingCall(ann, [bob, bobsPhone])
const answer = (by: CallDevice, fingerprint = 'a'): CallEvent => ({ type: 'answer', device: by, fingerprint })
const end = (by: CallDevice): CallEvent => ({ type: 'end', device: by })
const lose = (by: CallDevice): CallEvent => ({ type: 'lose', device: by })
const ring = (on: CallDevice): CallEvent => ({ type: 'ring', device: on })

function after(...events: CallEvent[]): CallStatus {
  return events.reduce((status, event) => {
    const outcome = callTransition(status, event)
    if ('refused' in outcome) throw new Error(outcome.why)
    return outcome.status
  }, ringing)
}

describe('a ringing call', () => {
  it('[CA15] rings on another device of the callee, once, which can answer it', () => {
    const later = device('bob', 'bob later')
    const status = after(ring(later))
    expect(status.callee_devices).toEqual([bob, bobsPhone, later])
    expect(callTransition(status, ring(later))).toEqual({ changed: false, status })
    expect(after(ring(later), answer(later))).toMatchObject({ state: 'connecting', answered_by: later })
  })
  it('[CA15] rings on no device of anybody else, and on none once it rings no more', () => {
    expect(callTransition(ringing, ring(eve))).toMatchObject({ refused: 'not_found' })
    expect(callTransition(ringing, ring(ann))).toMatchObject({ refused: 'not_found' })
    const later = device('bob', 'bob later')
    for (const status of [after(answer(bob)), after(end(ann))])
      expect(callTransition(status, ring(later))).toMatchObject({ refused: 'conflict' })
  })
  it('[CA15] rings on no device that comes once it rings on 32', () => {
    const rung = Array.from({ length: 30 }, (_, at) => ring(device('bob', `bob ${at}`)))
    expect(callTransition(after(...rung), ring(device('bob', 'one more')))).toMatchObject({
      refused: 'conflict',
    })
  })
  it('[CA1] connects from the first answer on, and is then between two devices', () => {
    const active = after(answer(bob))
    expect(active).toMatchObject({ state: 'connecting', answered_by: bob })
    expect(callDevices(active)).toEqual([ann, bob])
  })
  it('[CA2] refuses a second device, and another answer of the first', () => {
    expect(callTransition(after(answer(bob)), answer(bobsPhone))).toMatchObject({ refused: 'conflict' })
    expect(callTransition(after(answer(bob, 'a')), answer(bob, 'b'))).toMatchObject({ refused: 'conflict' })
  })
  it('[CA3] changes nothing when the same answer is repeated', () => {
    expect(callTransition(after(answer(bob)), answer(bob))).toMatchObject({ changed: false })
  })
  it('[CA4] is answered by the callee alone', () => {
    expect(callTransition(ringing, answer(ann))).toMatchObject({ refused: 'conflict' })
    expect(callTransition(ringing, answer(eve))).toMatchObject({ refused: 'not_found' })
    expect(callTransition(ringing, answer(device('eve', bob.device_id)))).toMatchObject({
      refused: 'not_found',
    })
  })
  it.each([
    ['cancelled', end(ann)],
    ['declined', end(bobsPhone)],
    ['lost', lose(ann)],
  ] as const)('[CA5] ends as %s', (reason, event) => {
    expect(after(event)).toMatchObject({ state: 'ended', reason })
  })
  it('[CA6] goes on ringing while a device of the callee is left', () => {
    expect(after(lose(bob))).toMatchObject({ state: 'ringing', callee_devices: [bobsPhone] })
    expect(after(lose(bob), lose(bobsPhone))).toMatchObject({ state: 'ended', reason: 'lost' })
  })
})

describe('an answered call', () => {
  it.each([
    ['hung_up', end(ann)],
    ['hung_up', end(bob)],
    ['lost', lose(ann)],
    ['lost', lose(bob)],
  ] as const)('[CA7] ends as %s by either party', (reason, event) => {
    expect(after(answer(bob), event)).toMatchObject({ state: 'ended', reason })
  })
  it('[CA8] is not ended by a device that only rang, or by a stranger', () => {
    expect(callTransition(after(answer(bob)), end(bobsPhone))).toMatchObject({ refused: 'conflict' })
    expect(callTransition(after(answer(bob)), end(eve))).toMatchObject({ refused: 'not_found' })
    expect(after(answer(bob), lose(eve))).toMatchObject({ state: 'connecting' })
  })
})

describe('an ended call', () => {
  const ended = after(answer(bob), end(ann))
  it('[CA9] keeps its one reason, whatever follows', () => {
    for (const event of [end(bob), end(ann), lose(ann)]) {
      expect(callTransition(ended, event)).toEqual({ changed: false, status: ended })
    }
  })
  it('[CA10] cannot be answered', () => {
    expect(callTransition(after(end(ann)), answer(bob))).toMatchObject({ refused: 'conflict' })
  })
})

const connect = (by: CallDevice): CallEvent => ({ type: 'connect', device: by })
const leave = (by: CallDevice): CallEvent => ({ type: 'leave', device: by })
const comeBack = (by: CallDevice): CallEvent => ({ type: 'return', device: by })
const reject = (by: CallDevice, reason: 'declined' | 'busy'): CallEvent => ({
  type: 'reject',
  device: by,
  reason,
})

describe('what becomes of a call', () => {
  it('[CA16] is active once sound and picture flow, and reconnecting while a party is away', () => {
    const talking = [answer(bob), connect(ann)]
    expect(after(...talking).state).toBe('active')
    expect(after(...talking, leave(bob)).state).toBe('reconnecting')
    expect(after(...talking, leave(bob), leave(ann), comeBack(bob)).state).toBe('reconnecting')
    expect(after(...talking, leave(bob), comeBack(bob)).state).toBe('active')
    expect(after(answer(bob), leave(bob), comeBack(bob)).state).toBe('connecting')
  })
  it('[CA16] is answered while its caller is away, and goes on when they are back', () => {
    const left = after(leave(ann))
    expect(left.state).toBe('ringing')
    const answered = callTransition(left, answer(bob))
    expect(answered).toMatchObject({ status: { state: 'reconnecting', away: [ann] } })
  })
  it('[CA16] is not connected by those who are in no call', () => {
    expect(callTransition(ringing, connect(ann))).toMatchObject({ refused: 'conflict' })
    expect(callTransition(after(answer(bob)), connect(bobsPhone))).toMatchObject({ refused: 'conflict' })
    expect(callTransition(after(answer(bob)), connect(eve))).toMatchObject({ refused: 'not_found' })
  })
  it('[CA16] ends as missed where nobody answers, and only then', () => {
    const missed = after({ type: 'expire' })
    expect(missed).toMatchObject({ state: 'ended', reason: 'missed' })
    expect(isMissed(missed)).toBe(true)
    expect(isMissed(after(end(bob)))).toBe(false)
    expect(callTransition(after(answer(bob)), { type: 'expire' })).toMatchObject({ changed: false })
  })
  it('[CA16] is busy when the last device is, and declined by any', () => {
    expect(after(reject(bob, 'busy'))).toMatchObject({ state: 'ringing', callee_devices: [bobsPhone] })
    expect(after(reject(bob, 'busy'), reject(bobsPhone, 'busy'))).toMatchObject({ reason: 'busy' })
    expect(after(reject(bob, 'declined'))).toMatchObject({ state: 'ended', reason: 'declined' })
    expect(callTransition(ringing, reject(ann, 'busy'))).toMatchObject({ refused: 'conflict' })
    expect(callTransition(ringing, reject(eve, 'declined'))).toMatchObject({ refused: 'not_found' })
  })
  it('[CA16] fails where a party says so once it was answered', () => {
    expect(after(answer(bob), { type: 'end', device: ann, reason: 'failed' })).toMatchObject({
      reason: 'failed',
    })
  })
})
