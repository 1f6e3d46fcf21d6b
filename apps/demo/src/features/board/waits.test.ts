import type { Ticket } from '@dowellchat/client'
import { expect, it } from 'vitest'
import { latestWaits, predictionOf, waitOf, withPredictions } from './waits.ts'

const at = (minutes: number): string => new Date(minutes * 60_000).toISOString()
const ticket = (changes: Partial<Ticket>): Ticket =>
  ({
    _id: '1',
    user_id: 'ann',
    display_name: 'Ann',
    state: 'waiting',
    enqueued_at: at(0),
    assigned_at: null,
    answered_at: null,
    waiting_time: 5,
    ...changes,
  }) as Ticket

it('[DS7] a prediction counts from when the ticket came into the line, and the first one stays', () => {
  const waits = ticket({})
  expect(predictionOf(waits, 2 * 60_000)).toBe(7)
  const known = withPredictions(new Map(), [waits], 0)
  expect([...withPredictions(known, [ticket({ waiting_time: 9 })], 60_000)]).toEqual([['1', 5]])
  expect(predictionOf(ticket({ waiting_time: null }), 0)).toBeNull()
})

it('[DS7] a wait ends when somebody has the ticket, however often it is passed on afterwards', () => {
  expect(waitOf(ticket({}))).toBeNull()
  expect(waitOf(ticket({ assigned_at: at(4) }))).toBe(4)
  expect(waitOf(ticket({ assigned_at: at(30), answered_at: at(6) }))).toBe(6)
})

it('[DS7] the latest waits are told with what was predicted of them', () => {
  const tickets = [
    ticket({ _id: '3' }),
    ticket({ _id: '2', assigned_at: at(3), user_id: 'ben-okafor', display_name: null }),
    ticket({ assigned_at: at(4) }),
  ]
  expect(latestWaits(tickets, new Map([['1', 5]]), 10)).toEqual([
    { ticketId: '1', customer: 'Ann', actual: 4, predicted: 5 },
    { ticketId: '2', customer: 'Ben Okafor', actual: 3, predicted: null },
  ])
})
