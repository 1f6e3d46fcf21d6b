import { describe, expect, it } from 'vitest'
import {
  type CallDevice,
  type CallEvent,
  type CallStatus,
  callDevices,
  callTransition,
} from './call-transition.ts'

const device = (user_id: string, device_id = `${user_id} tab`): CallDevice => ({ user_id, device_id })
const [ann, bob, bobsPhone, eve] = [device('ann'), device('bob'), device('bob', 'bob phone'), device('eve')]

const ringing: CallStatus = {
  state: 'ringing',
  caller: ann,
  callee_devices: [bob, bobsPhone],
  answered_by: null,
  answer_fingerprint: null,
  reason: null,
}
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
    expect(after(ring(later), answer(later))).toMatchObject({ state: 'active', answered_by: later })
  })
  it('[CA15] rings on no device of anybody else, and on none once it rings no more', () => {
    expect(callTransition(ringing, ring(eve))).toMatchObject({ refused: 'not_found' })
    expect(callTransition(ringing, ring(ann))).toMatchObject({ refused: 'not_found' })
    const later = device('bob', 'bob later')
    for (const status of [after(answer(bob)), after(end(ann))])
      expect(callTransition(status, ring(later))).toMatchObject({ refused: 'conflict' })
  })
  it('[CA15] rings on at most 200 devices', () => {
    const rung = Array.from({ length: 198 }, (_, at) => ring(device('bob', `bob ${at}`)))
    expect(callTransition(after(...rung), ring(device('bob', 'one more')))).toMatchObject({
      refused: 'conflict',
    })
  })
  it('[CA1] becomes active by the first answer, and is then between two devices', () => {
    const active = after(answer(bob))
    expect(active).toMatchObject({ state: 'active', answered_by: bob })
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

describe('an active call', () => {
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
    expect(after(answer(bob), lose(eve))).toMatchObject({ state: 'active' })
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
