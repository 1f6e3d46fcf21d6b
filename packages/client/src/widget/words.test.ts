import { expect, it } from 'vitest'
import { type Estimate, movedEstimate } from './moved-estimate.ts'
import { placeOf } from './place.ts'
import { textsOf } from './texts.ts'
import { answerTimeText, placeText, waitText } from './words.ts'

const say = textsOf()
const speed = { managers_online: 2, free: 0, per_hour: 12, variation: 1, basis: 'observed' } as const

const estimate = (changes: Partial<Estimate> = {}): Estimate => ({
  product: 'orders',
  ticket_id: 't',
  line: 'topic:orders',
  order: '2 2026-01-01T10:00:00.000Z t',
  position: 4,
  ahead: 3,
  speed,
  low: 1,
  middle: 2,
  high: 3,
  reason: null,
  opens_at: null,
  computed_at: '2026-01-01T10:05:00.000Z',
  ...changes,
})

const moved = (changes: Partial<Parameters<typeof movedEstimate>[1]> = {}) => ({
  line: 'topic:orders',
  left: [],
  joined: [],
  is_incomplete: false,
  speed,
  reason: null,
  computed_at: '2026-01-01T10:06:00.000Z',
  ...changes,
})

const early = '2 2026-01-01T09:00:00.000Z a'
const late = '2 2026-01-01T11:00:00.000Z z'
const urgent = '0 2026-01-01T11:00:00.000Z u'
const low = '3 2026-01-01T09:00:00.000Z l'

it('[WI12] counts who leaves and joins the line before a ticket, and nobody behind it', () => {
  expect(movedEstimate(estimate(), moved({ left: [early, late] }))?.ahead).toBe(2)
  expect(movedEstimate(estimate(), moved({ joined: [urgent, low, late] }))?.ahead).toBe(4)
  expect(movedEstimate(estimate(), moved({ left: [early], joined: [urgent] }))).toMatchObject({
    ahead: 3,
    position: 4,
  })
})

it('[WI12] counts all of its own priority and higher ones before a ticket that is not opened yet', () => {
  const asked = estimate({ ticket_id: null })
  expect(movedEstimate(asked, moved({ joined: [late, urgent, low] }))?.ahead).toBe(5)
  expect(movedEstimate(asked, moved({ left: [late, low] }))?.ahead).toBe(2)
})

it('[WI12] asks again where the push does not tell the place', () => {
  const { order } = estimate()
  for (const changes of [{ left: [order] }, { is_incomplete: true }, { reason: 'closed_hours' }] as const)
    expect(movedEstimate(estimate(), moved(changes as Parameters<typeof moved>[0]))).toBeUndefined()
  expect(movedEstimate(estimate({ ahead: 1_000 }), moved({ left: [early] }))).toBeUndefined()
})

it('[WI12] keeps what is newer than a push', () => {
  const now = estimate()
  expect(movedEstimate(now, moved({ left: [early], computed_at: '2026-01-01T10:04:00.000Z' }))).toBe(now)
})

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

it('[WI13] counts the minutes down, and says why nobody can say', () => {
  const now = placeOf(estimate(), 0)
  const later = placeOf(estimate(), 5)
  expect((now.wait?.high ?? 0) - (later.wait?.high ?? 0)).toBeCloseTo(5)
  expect(placeOf(estimate(), 1_000).wait).toEqual({ low: 0, high: 0 })
  expect(placeText(say, placeOf(estimate({ ahead: 0 }), 0))).toMatch(/^You are next · /)
  expect(placeText(say, now)).toMatch(/^You are number 4 in the line · about \d+ to \d+ minutes$/)
  expect(placeText(say, placeOf(estimate({ ahead: 1_000 }), 0))).toContain('More than 1,000 people')
  const nobody = placeOf(estimate({ reason: 'nobody_online' }), 0)
  expect(placeText(say, nobody)).toBe('Nobody is here right now. We answer as soon as somebody is')
  expect(answerTimeText(say, nobody, 'We are at lunch')).toBe('We are at lunch')
  const closed = placeOf(estimate({ reason: 'closed_hours', opens_at: '2100-01-01T08:00:00.000Z' }), 0)
  expect(placeText(say, closed)).toMatch(/^We are not here right now\. We are back .+/)
})

it('[WI13] says it in the words of the page', () => {
  const german = textsOf({ place_next: 'Sie sind als Nächstes dran', wait_one: 'etwa eine Minute' })
  expect(german('place_next')).toBe('Sie sind als Nächstes dran')
  expect(waitText(german, { low: 0.5, high: 1 })).toBe('etwa eine Minute')
  expect(german('send')).toBe('Send')
})
