import { expect, it } from 'vitest'
import { teamDay } from './day.ts'

const { moments, connectionHours } = teamDay(200, 1)
const count = (wanted: string) => moments.filter(({ deed }) => deed === wanted).length

it('is the same day for the same seed, and another one for another', () => {
  expect(teamDay(200, 1).moments).toEqual(moments)
  expect(teamDay(200, 2).moments).not.toEqual(moments)
})

it('has about forty messages a person, and everything in its order', () => {
  expect(count('say') / 200).toBeGreaterThan(30)
  expect(count('say') / 200).toBeLessThan(50)
  expect(moments.every(({ at }, n) => n === 0 || at >= (moments[n - 1]?.at ?? 0))).toBe(true)
})

it('ends every connection that it begins, and does nothing without one', () => {
  const open = new Set<string>()
  for (const { device, deed } of moments) {
    if (deed === 'connect') open.add(device)
    else expect(open.has(device)).toBe(true)
    if (deed === 'drop') open.delete(device)
  }
  expect(open.size).toBe(0)
  // A laptop for a working day, a phone for an hour.
  expect(connectionHours / 200).toBeGreaterThan(8)
  expect(connectionHours / 200).toBeLessThan(12)
})
