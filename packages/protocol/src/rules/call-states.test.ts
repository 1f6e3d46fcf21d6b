import { describe, expect, it } from 'vitest'
import {
  type CallDevice,
  type CallEvent,
  type CallStatus,
  callDevices,
  callTransition,
  isParty,
  isSameDevice,
  isUnderWay,
  ringingCall,
} from './call-transition.ts'

const device = (user_id: string, device_id: string): CallDevice => ({ user_id, device_id })
const annPhone = device('ann', 'phone')
const annTab = device('ann', 'tab')
const benPhone = device('ben', 'phone')
const benTab = device('ben', 'tab')
const eve = device('eve', 'phone')
const devices = [annPhone, annTab, benPhone, benTab, eve]

const events: readonly CallEvent[] = [
  { type: 'expire' },
  ...devices.flatMap((one): CallEvent[] => [
    { type: 'answer', device: one, fingerprint: `answer of ${one.user_id} ${one.device_id}` },
    { type: 'reject', device: one, reason: 'declined' },
    { type: 'reject', device: one, reason: 'busy' },
    { type: 'connect', device: one },
    { type: 'end', device: one },
    { type: 'end', device: one, reason: 'failed' },
    { type: 'leave', device: one },
    { type: 'return', device: one },
    { type: 'lose', device: one },
    { type: 'ring', device: one },
  ]),
]

const nameOf = (one: CallDevice): string => `${one.user_id} ${one.device_id}`

/** A state as one text: those that differ in nothing but the order of devices are the same. */
function textOf({ callee_devices, away, ...status }: CallStatus): string {
  return JSON.stringify([status, callee_devices.map(nameOf).sort(), away.map(nameOf).sort()])
}

function next(status: CallStatus, event: CallEvent): CallStatus {
  const outcome = callTransition(status, event)
  return 'refused' in outcome ? status : outcome.status
}

/** Every state that any order of events leads to, from those in which a call begins. */
function reachable(): CallStatus[] {
  const found = new Map<string, CallStatus>()
  const open = [[benPhone], [benTab], [benPhone, benTab]].map((callees) => ringingCall(annPhone, callees))
  for (let status = open.pop(); status; status = open.pop()) {
    if (found.has(textOf(status))) continue
    found.set(textOf(status), status)
    for (const event of events) open.push(next(status, event))
  }
  return [...found.values()]
}

describe('all states of a call between two users with two devices each', () => {
  const states = reachable()
  const ended = states.filter(({ state }) => state === 'ended')
  // Read by people, in the test's output.
  console.info(`${states.length} states of a call, ${ended.length} of which are ends`)

  it('[CA16] are all five', () => {
    const kinds = new Set(states.map(({ state }) => state))
    expect([...kinds].sort()).toEqual(['active', 'connecting', 'ended', 'reconnecting', 'ringing'])
    expect(new Set(ended.map(({ reason }) => reason))).toEqual(
      new Set(['busy', 'cancelled', 'declined', 'failed', 'hung_up', 'lost', 'missed']),
    )
  })

  it('[CA1] have one caller and at most one who answered', () => {
    for (const status of states) {
      const { state, answered_by, caller, callee_devices } = status
      expect(caller).toEqual(annPhone)
      if (state === 'ringing') expect(answered_by).toBe(null)
      if (isUnderWay(status)) expect(callDevices(status)).toEqual([annPhone, answered_by])
      if (answered_by) expect(callee_devices.some((one) => isSameDevice(answered_by, one))).toBe(true)
    }
  })

  it('[CA9] have a reason when they have ended, and then change no more', () => {
    for (const status of states) expect(status.reason !== null).toBe(status.state === 'ended')
    for (const status of ended) for (const event of events) expect(next(status, event)).toEqual(status)
  })

  it('[CA16] wait only for parties, and say so', () => {
    for (const status of states) {
      for (const one of status.away) expect(isParty(status, one)).toBe(true)
      if (isUnderWay(status)) expect(status.state === 'reconnecting').toBe(status.away.length > 0)
    }
  })

  it('[CA17] end by themselves: what rings by time, what was answered when its parties are gone', () => {
    for (const status of states) {
      if (status.state === 'ringing') expect(next(status, { type: 'expire' }).reason).toBe('missed')
      if (!isUnderWay(status)) continue
      for (const one of callDevices(status))
        expect(next(status, { type: 'lose', device: one }).reason).toBe('lost')
    }
  })

  it('[CA4] are changed by nobody who has no part in them', () => {
    for (const status of states)
      for (const event of events)
        if ('device' in event && event.device === eve) expect(next(status, event)).toEqual(status)
  })

  it('[CA16] are changed by an event once', () => {
    for (const status of states) {
      for (const event of events) {
        const outcome = callTransition(status, event)
        if ('refused' in outcome) continue
        expect(outcome.changed).toBe(textOf(outcome.status) !== textOf(status))
        const again = callTransition(outcome.status, event)
        // A device that was busy rings no more, so that it has no part in the call.
        if (!('refused' in again)) expect(again.changed).toBe(false)
      }
    }
  })
})
