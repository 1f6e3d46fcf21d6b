import { describe, expect, it } from 'vitest'
import type { BusinessHours } from '../topics.ts'
import { addBusinessMinutes, hoursProblem, isOpen, opensAt } from './business-hours.ts'

const minuteMs = 60_000
const weekdays = [1, 2, 3, 4, 5]

function hours(time_zone: string, openings: BusinessHours['openings']): BusinessHours {
  return { time_zone, openings }
}

function daily(from: number, until: number, days: readonly number[] = [0, 1, 2, 3, 4, 5, 6]) {
  return days.map((day) => ({ day, from, until }))
}

const office = hours('Europe/Berlin', daily(9 * 60, 17 * 60, weekdays))
const always = hours('Europe/Berlin', daily(0, 24 * 60))
const night = hours('Europe/Berlin', daily(60, 180))

it('[TL1] is open between the times of the day in its own zone, summer and winter', () => {
  // 09:00 in Berlin is 07:00 UTC in summer and 08:00 UTC in winter.
  expect(isOpen(office, '2026-07-06T06:59:59.999Z')).toBe(false)
  expect(isOpen(office, '2026-07-06T07:00:00.000Z')).toBe(true)
  expect(isOpen(office, '2026-07-06T14:59:59.999Z')).toBe(true)
  expect(isOpen(office, '2026-07-06T15:00:00.000Z')).toBe(false)
  expect(isOpen(office, '2026-12-07T07:59:59.999Z')).toBe(false)
  expect(isOpen(office, '2026-12-07T08:00:00.000Z')).toBe(true)
  expect(isOpen(office, '2026-12-06T12:00:00.000Z')).toBe(false)
  expect(isOpen(null, '2026-12-06T12:00:00.000Z')).toBe(true)
})

it('[TL1] opens next at the beginning of the next opening, at once where it is open, never without one', () => {
  expect(opensAt(office, '2026-12-04T16:00:00.000Z')).toBe('2026-12-07T08:00:00.000Z')
  expect(opensAt(office, '2026-12-07T10:00:00.000Z')).toBe('2026-12-07T10:00:00.000Z')
  expect(opensAt(hours('UTC', []), '2026-12-07T10:00:00.000Z')).toBeNull()
  expect(opensAt(null, '2026-12-07T10:00:00.000Z')).toBe('2026-12-07T10:00:00.000Z')
  expect(opensAt(hours('Pacific/Kiritimati', daily(0, 1)), '2026-12-07T10:01:00.000Z')).toBe(
    '2026-12-08T10:00:00.000Z',
  )
})

it('[TL1] counts minutes of openings alone', () => {
  const friday = '2026-12-04T15:30:00.000Z'
  expect(addBusinessMinutes(office, friday, 30)).toBe('2026-12-04T16:00:00.000Z')
  expect(addBusinessMinutes(office, friday, 31)).toBe('2026-12-07T08:01:00.000Z')
  expect(addBusinessMinutes(office, '2026-12-05T12:00:00.000Z', 60)).toBe('2026-12-07T09:00:00.000Z')
  expect(addBusinessMinutes(null, friday, 31)).toBe('2026-12-04T16:01:00.000Z')
  expect(addBusinessMinutes(hours('UTC', []), friday, 1)).toBeNull()
  const overlapping = hours('UTC', [...daily(540, 600), ...daily(570, 660)])
  expect(addBusinessMinutes(overlapping, '2026-12-04T09:00:00.000Z', 121)).toBe('2026-12-05T09:01:00.000Z')
})

describe('when clocks are changed', () => {
  it('[TL2] leaves out the hour that there is not, and has the one that comes twice twice', () => {
    // On 29 March 2026 clocks go from 02:00 to 03:00, on 25 October from 03:00 back to 02:00.
    expect(isOpen(night, '2026-03-29T00:59:00.000Z')).toBe(true)
    expect(isOpen(night, '2026-03-29T01:00:00.000Z')).toBe(false)
    expect(addBusinessMinutes(night, '2026-03-29T00:00:00.000Z', 61)).toBe('2026-03-29T23:01:00.000Z')
    expect(isOpen(night, '2026-10-25T00:30:00.000Z')).toBe(true)
    expect(isOpen(night, '2026-10-25T01:30:00.000Z')).toBe(true)
    expect(addBusinessMinutes(night, '2026-10-24T23:00:00.000Z', 180)).toBe('2026-10-25T02:00:00.000Z')
    expect(addBusinessMinutes(always, '2026-03-29T00:58:00.000Z', 5)).toBe('2026-03-29T01:03:00.000Z')
    expect(addBusinessMinutes(always, '2026-10-25T00:58:00.000Z', 5)).toBe('2026-10-25T01:03:00.000Z')
  })

  it('[TL2] opens where clocks skip the beginning of an opening, and nowhere where they skip all of it', () => {
    const skipped = hours('Europe/Berlin', daily(135, 165))
    expect(opensAt(skipped, '2026-03-29T00:00:00.000Z')).toBe('2026-03-30T00:15:00.000Z')
    const half = hours('Europe/Berlin', daily(150, 240))
    expect(opensAt(half, '2026-03-29T00:00:00.000Z')).toBe('2026-03-29T01:00:00.000Z')
  })
})

it('[TL1] adds minutes as counting them does, in every zone and at every change of clocks', {
  timeout: 60_000,
}, () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia']
  const starts = ['2026-03-07T20:00:00.000Z', '2026-03-28T22:00:00.000Z', '2026-10-24T21:30:00.000Z']
  for (const zone of zones)
    for (const start of starts) {
      const own = hours(zone, [...daily(70, 200), ...daily(600, 615), ...daily(1_430, 1_440)])
      let [at, counted] = [Date.parse(start), 0]
      for (let n = 0; n < 600; n++, at += 5 * minuteMs) {
        if (!isOpen(own, new Date(at).toISOString())) continue
        counted += 5
        const end = new Date(at + 5 * minuteMs).toISOString()
        expect(addBusinessMinutes(own, start, counted), `${zone} ${start} ${counted}`).toBe(end)
      }
    }
})

it('[TL1] counts whole weeks at once, however many', () => {
  expect(addBusinessMinutes(office, '2026-12-07T08:00:00.000Z', 8 * 60 * 5 * 10)).toBe(
    '2027-02-12T16:00:00.000Z',
  )
  const seldom = hours('UTC', [{ day: 1, from: 0, until: 1 }])
  expect(addBusinessMinutes(seldom, '2026-12-07T00:00:00.000Z', 525_600)).toBeNull()
  const summer = addBusinessMinutes(office, '2026-03-02T08:00:00.000Z', 8 * 60 * 5 * 8)
  expect(summer).toBe('2026-04-24T15:00:00.000Z')
})

it('[TL1] refuses zones that there are not, and openings that end before they begin', () => {
  expect(hoursProblem(office)).toBeUndefined()
  expect(hoursProblem(hours('Europe/Nowhere', []))).toMatch(/^time_zone: expected an IANA name/)
  expect(hoursProblem(hours('UTC', daily(600, 600)))).toMatch(/^openings: /)
})
