import { expect, it } from 'vitest'
import type { ServingManager } from '../stores/store.ts'
import { type Finished, minutesOfWork } from './work-time.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString()
const serving = { manager: { average_serving_time: 5 }, serving: null } as ServingManager

function finished(
  [assigned, closed]: readonly [number, number],
  others: { before?: number; open?: readonly ['assigned' | 'open', number][]; isWaited?: boolean } = {},
): Finished {
  const { before, open = [], isWaited = false } = others
  return {
    ticket: { assigned_at: at(assigned), answered_at: at(assigned), closed_at: at(closed) },
    finished_at: before === undefined ? null : at(before),
    serving,
    open: open.map(([state, minute]) => ({ state, assigned_at: at(minute) })),
    isWaited: async () => isWaited,
  }
}

it('[EW8] counts from when the ticket was given, or from when the one before was finished', async () => {
  expect(await minutesOfWork(finished([0, 7]))).toBe(7)
  expect(await minutesOfWork(finished([10, 17], { before: 4 }))).toBe(7)
  expect(await minutesOfWork(finished([0, 17], { before: 10, isWaited: true }))).toBe(7)
})

it('[EW8] counts nothing where there was time for several at once and nobody waited', async () => {
  expect(await minutesOfWork(finished([0, 7], { open: [['open', 2]] }))).toBeNull()
  expect(await minutesOfWork(finished([0, 7], { before: 3 }))).toBeNull()
  expect(await minutesOfWork(finished([0, 7], { open: [['open', 2]], isWaited: true }))).toBe(7)
  expect(await minutesOfWork(finished([0, 7], { open: [['assigned', 2]] }))).toBe(7)
  // The next one was given at once.
  expect(await minutesOfWork(finished([0, 7], { before: 3, open: [['open', 7]] }))).toBe(4)
})

it('[EW8] counts no ticket that nobody has answered, and one that was left lying as long as eight', async () => {
  const left = finished([0, 7])
  expect(await minutesOfWork({ ...left, ticket: { ...left.ticket, answered_at: null } })).toBeNull()
  expect(await minutesOfWork(finished([0, 59]))).toBe(40)
})
