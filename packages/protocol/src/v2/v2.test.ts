import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { type CallDevice, ringingCall } from '../rules/call-transition.ts'
import { callToAnswer, callToEnd } from './calls.ts'
import { clientTime, v2Requests } from './index.ts'

const made = { cid: '0192f0c1-2345-7abc-8def-0123456789ab', callId: 'call' }

describe("what V2's clients send", () => {
  it.each([
    ['2024-03-05T10:00:00.000Z', '2024-03-05T10:00:00.000Z'],
    ['2024-03-05', '2024-03-05T00:00:00.000Z'],
    ['Tue Mar 05 2024', expect.stringMatching(/^2024-03-0[45]T/)],
    [1_709_632_800_000, '2024-03-05T10:00:00.000Z'],
    [1_709_632_800, '2024-03-05T10:00:00.000Z'],
    ['Date of Creation', null],
    ['2024-02-30', null],
    ['9999999-01-01', null],
    [-1, null],
    [1e300, null],
    [{}, null],
    [undefined, null],
  ])('[V2-1] takes %j as a time', (value, expected) => {
    expect(clientTime(value)).toEqual(expected)
  })

  it('[V2-2] turns numbers into the text that they are', () => {
    const payload = z.parse(v2Requests.message_event.payload, { room_id: 7, message_data: 42, author: 100 })
    expect(v2Requests.message_event.toCurrent(payload, made)).toEqual({
      room_id: '7',
      message_data: '42',
      cid: made.cid,
    })
    expect(v2Requests.message_event.claims?.(payload)).toEqual({ name: '100' })
  })

  it("[V2-3] takes 'None' for no reply", () => {
    const send = (reply_to: unknown) => {
      const payload = z.parse(v2Requests.ticket_message_event.payload, {
        ticket_id: 't',
        message_data: 'x',
        reply_to,
      })
      return v2Requests.ticket_message_event.toCurrent(payload, made)
    }
    expect(send('None')).not.toHaveProperty('reply_to')
    expect(send('m1')).toHaveProperty('reply_to', 'm1')
  })

  it("[V2-4] takes 4 and '4', normalises products, and refuses {} as one", () => {
    const manager = { user_id: 1, positions_in_a_line: '1', average_serving_time: '4', ticket_count: 0 }
    const payload = z.parse(v2Requests.create_line_manager.payload, manager)
    expect(v2Requests.create_line_manager.toCurrent(payload, made)).toMatchObject({
      user_id: '1',
      positions_in_a_line: 1,
      average_serving_time: 4,
    })
    const tickets = z.parse(v2Requests.get_tickets.payload, { product: 'TEST Product' })
    expect(v2Requests.get_tickets.toCurrent(tickets, made)).toMatchObject({ product: 'test_product' })
    expect(z.safeParse(v2Requests.get_tickets.payload, { product: {} }).success).toBe(false)
    expect(
      z.safeParse(v2Requests.close_ticket.payload, { ticket_id: 't', product: {}, line_manager: {} }).success,
    ).toBe(true)
  })
})

describe('the call that a V2 socket means', () => {
  const device = (name: string): CallDevice => ({ user_id: name, device_id: name })
  const [me, ann, bob] = [device('me'), device('ann'), device('bob')]
  const call = (
    _id: string,
    caller: CallDevice,
    callee: CallDevice,
    state: 'ringing' | 'active' = 'ringing',
  ) => ({
    ...ringingCall(caller, [callee]),
    _id,
    from: caller.device_id,
    state,
    answered_by: state === 'active' ? callee : null,
  })

  it('[V2-5] answers the one that `to` names among several, else the newest', () => {
    const calls = [call('from bob', bob, me), call('from ann', ann, me), call('to ann', me, ann)]
    expect(callToAnswer(calls, me, 'ann')?._id).toBe('from ann')
    expect(callToAnswer(calls, me, 'nobody')?._id).toBe('from bob')
    expect(callToAnswer(calls, me)?._id).toBe('from bob')
    expect(callToAnswer([call('to ann', me, ann)], me)).toBeUndefined()
  })

  it('[V2-6] ends the active one, else the outgoing one, else the newest incoming one', () => {
    const incoming = [call('new', bob, me), call('old', ann, me)]
    expect(callToEnd([...incoming, call('active', ann, me, 'active')], me)?._id).toBe('active')
    expect(callToEnd([...incoming, call('outgoing', me, ann)], me)?._id).toBe('outgoing')
    expect(callToEnd(incoming, me)?._id).toBe('new')
    expect(callToEnd([], me)).toBeUndefined()
  })
})
