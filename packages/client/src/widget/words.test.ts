import type { RequestName } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { ConnectionError, RequestError } from '../errors.ts'
import { queueOf } from '../tickets/moved-estimate.ts'
import { type Place, placeIn } from './place.ts'
import { textsOf } from './texts.ts'
import { answerTimeText, failureText, placeText, waitText } from './words.ts'

const say = textsOf()
const start = Date.parse('2026-01-01T10:00:00.000Z')
type Estimate = NonNullable<Parameters<typeof queueOf>[0]>

/** The place of an estimate, so many minutes after it was made. */
function placeAfter(minutes: number, changes: Partial<Estimate> = {}): Place {
  const estimate: Estimate = {
    ...{ product: 'orders', ticket_id: 't', line: 'topic:orders', order: '2 a', position: 4, ahead: 3 },
    speed: { managers_online: 2, free: 0, per_hour: 12, variation: 1, basis: 'observed' },
    ...{
      low: 4.5,
      middle: 8,
      high: 12,
      reason: null,
      opens_at: null,
      computed_at: '2026-01-01T10:00:00.000Z',
    },
    ...changes,
  }
  const place = placeIn(queueOf(estimate), start + minutes * 60_000)
  if (!place) throw new Error('It has a place')
  return place
}

it('[WI13] says a wait in whole minutes, or in hours', () => {
  const texts = [
    [0, 0],
    [0, 0.4],
    [0.2, 0.9],
    [0.5, 1],
    [3.2, 8.1],
    [4, 4],
    [50, 130],
    [2_000, 3_000],
  ].map(([low = 0, high = 0]) => waitText(say, { low, high }))
  expect(texts).toEqual([
    'any moment now',
    'less than a minute',
    'less than a minute',
    'about a minute',
    'about 3 to 9 minutes',
    'about 4 minutes',
    'about 1 to 3 hours',
    'more than a day',
  ])
})

it('[WI13] counts the minutes down on the server’s clock', () => {
  const texts = [0, 4, 9, 11.5, 20].map((minutes) => placeText(say, placeAfter(minutes)))
  expect(texts).toEqual(
    [
      'about 4 to 12 minutes',
      'about 1 to 8 minutes',
      'about 1 to 3 minutes',
      'less than a minute',
      'any moment now',
    ].map((wait) => `You are number 4 in the line · ${wait}`),
  )
  expect(placeText(say, placeAfter(0, { ahead: 0 }))).toMatch(/^You are next · /)
  expect(placeText(say, placeAfter(0, { ahead: 1_000 }))).toContain('More than 1,000 people')
  expect(placeText(say, placeIn(queueOf(null), start))).toBe('Waiting for an answer')
})

it('[WI13] says why nobody can say it, in the team’s words where it has some', () => {
  const unknown = { low: null, middle: null, high: null }
  const nobody = placeAfter(0, { ...unknown, reason: 'nobody_online' })
  expect(placeText(say, nobody)).toBe('Nobody is here right now. We answer as soon as somebody is')
  expect(answerTimeText(say, nobody, 'We are at lunch')).toBe('We are at lunch')
  const closed = placeAfter(0, { ...unknown, reason: 'closed_hours', opens_at: '2100-01-01T08:00:00.000Z' })
  expect(placeText(say, closed)).toMatch(/^We are not here right now\. We are back .+/)
})

it('[WI13] says it in the words of the page', () => {
  const german = textsOf({ place_next: 'Sie sind als Nächstes dran', wait_one: 'etwa eine Minute' })
  expect(german('place_next')).toBe('Sie sind als Nächstes dran')
  expect(waitText(german, { low: 0.5, high: 1 })).toBe('etwa eine Minute')
  expect(german('send')).toBe('Send')
})

it('[WI22] says why something failed in words of its own, or in those of the team’s own rules', () => {
  const failed = (code: string, message: string, request: RequestName = 'ticket_message_event') =>
    failureText(say, new RequestError(request, { code, message, retryable: false }))
  expect(failed('ticket_closed', 'Ticket 66f0 is closed')).toBe(
    'This conversation cannot be opened again. Begin a new one',
  )
  expect(failed('invalid_payload', 'cid: expected a UUID')).toBe('Something went wrong')
  expect(failed('conflict', 'Upload 66f0 is not finished', 'create_upload')).toBe('This file cannot be sent')
  expect(failed('limit_reached', 'A file may have at most 26214400 bytes', 'create_upload')).toBe(
    'This is more than is possible here',
  )
  for (const request of ['ticket_message_event', 'create_ticket'] as const) {
    const rule = 'Please send no card numbers'
    expect(failed('forbidden', rule, request)).toBe(rule)
    expect(failed('forbidden', `${request} is not allowed here`, request)).toBe('You may not use it')
  }
  expect(failed('forbidden', 'This needs the role agent', 'close_ticket')).toBe('You may not use it')
  expect(failureText(say, new ConnectionError('forbidden', 'Workspace 66f0 …', false))).toBe(
    'You may not use it',
  )
  expect(failureText(say, new TypeError('x is undefined'))).toBe('Something went wrong')
})
