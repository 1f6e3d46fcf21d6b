import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { describeProblem, requests } from './index.ts'
import { v2Requests } from './v2/index.ts'

function problem(schema: z.core.$ZodType, value: unknown): string {
  const parsed = z.safeParse(schema, value)
  return parsed.success ? '' : describeProblem(parsed.error, value)
}

const cid = '0192f0c1-2345-7abc-8def-0123456789ab'

it.each([
  [undefined, 'payload: expected an object, got nothing'],
  [null, 'payload: expected an object, got null'],
  [[], 'payload: expected an object, got a list'],
  [{ message_data: 'x', cid }, 'room_id: expected text, got nothing'],
  [{ room_id: {}, message_data: 'x', cid }, 'room_id: expected text, got an object'],
  [
    { room_id: '', message_data: 'x', cid },
    'room_id: expected 1 to 128 visible characters, got an empty text',
  ],
  [{ room_id: 'a\u0000', message_data: 'x', cid }, 'room_id: expected 1 to 128 visible characters'],
  [{ room_id: 'a\u202eb', message_data: 'x', cid }, 'room_id: expected 1 to 128 visible characters'],
  [{ room_id: 'x'.repeat(129), message_data: 'x', cid }, 'room_id: expected at most 128 characters'],
  [{ room_id: 'a', message_data: ' \n', cid }, 'message_data: expected a text that is not empty'],
  [
    { room_id: 'a', message_data: '\ud800', cid },
    'message_data: expected a text without U+0000 and half surrogate pairs',
  ],
  [
    { room_id: 'a', message_data: 'x'.repeat(16_001), cid },
    'message_data: expected at most 16000 characters',
  ],
  [{ room_id: 'a', message_data: 'x', cid: 'c' }, 'cid: expected a UUID'],
])('[CT8] says what is wrong with a message, in one line: %j', (payload, text) => {
  expect(problem(requests.message_event.payload, payload)).toBe(text)
})

it('[CT9] counts a text in code points: 16,000 emoji fit', () => {
  const payload = { room_id: 'a', message_data: '🙂'.repeat(16_000), cid }
  expect(problem(requests.message_event.payload, payload)).toBe('')
  expect(
    problem(requests.message_event.payload, { ...payload, message_data: `${payload.message_data}x` }),
  ).not.toBe('')
})

it('says of a payload of several forms which part is wrong, or what it may have', () => {
  const { payload } = requests.get_estimate
  expect(problem(payload, { product: 'x'.repeat(200) })).toBe('product: expected at most 128 characters')
  expect(problem(payload, { ticket_id: 7 })).toBe('ticket_id: expected text, got a number')
  expect(problem(payload, {})).toBe('payload: expected ticket_id or product, got an object')
})

it('names both kinds that V2 allows', () => {
  expect(problem(v2Requests.join.payload, { room: null })).toBe('room: expected text or a number, got null')
})

it('[CT10] takes an object or a text as a signal, up to 60 KiB', () => {
  const signal = (value: unknown) => problem(requests.answerCall.payload, { callId: 'c', signal: value })
  for (const good of ['sdp', { type: 'offer' }, { sdp: 'x'.repeat(61_000) }]) expect(signal(good)).toBe('')
  for (const bad of [undefined, null, '', 5, true, [], { sdp: 'x'.repeat(61_440) }])
    expect(signal(bad)).not.toBe('')
})
