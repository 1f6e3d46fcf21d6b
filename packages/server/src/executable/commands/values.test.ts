import { expect, it } from 'vitest'
import { timeOf, wholeNumberOf } from './values.ts'

it('[OP4] takes whole numbers, and nothing that is none', () => {
  expect([wholeNumberOf('--grace-ms', '0'), wholeNumberOf('--grace-ms', '86400000')]).toEqual([0, 86_400_000])
  for (const text of ['', 'abc', '-1', '1.5', '1e3', '0x10', ' 5', 'Infinity', '9'.repeat(16)])
    expect(() => wholeNumberOf('--grace-ms', text), text).toThrow('--grace-ms: expected a whole number')
})

it('[OP4] takes days and times as RFC 3339 writes them', () => {
  expect(timeOf('--since', '2028-02-29')).toBe('2028-02-29T00:00:00.000Z')
  expect(timeOf('--since', '2027-01-31T12:00Z')).toBe('2027-01-31T12:00:00.000Z')
  expect(timeOf('--since', '2027-01-31T23:30:00.5-02:00')).toBe('2027-02-01T01:30:00.500Z')
})

it.each([
  '',
  '1',
  '2026-11-31',
  '2027-02-29',
  '2026-13-01',
  '31.12.2027',
  '2027-1-5',
  'tomorrow',
  '2027-01-01T25:00Z',
])('[OP4] takes %j for no time', (text) =>
  expect(() => timeOf('--since', text)).toThrow('--since: expected a time such as 2027-01-31'),
)
