import type { Ticket } from '@dowellchat/client'
import { expect, it } from 'vitest'
import { dueOf, spanWords } from './target-words.ts'

const start = Date.parse('2026-11-27T09:00:00.000Z')
const minute = 60_000

function promised(kind: 'first_answer' | 'solved', minutes: number): Ticket {
  const target = { kind, due_at: new Date(start + minutes * minute).toISOString() }
  return { target, enqueued_at: new Date(start).toISOString(), is_closed: false } as Ticket
}

it('[DK1] what is due is fine, soon in the last quarter of the time that was promised, then late', () => {
  const ticket = promised('first_answer', 40)
  expect(dueOf(ticket, start)).toEqual({ urgency: 'fine', words: 'Answer due in 40 min' })
  expect(dueOf(ticket, start + 31 * minute)).toEqual({ urgency: 'soon', words: 'Answer due in 9 min' })
  expect(dueOf(ticket, start + 43 * minute)).toEqual({ urgency: 'late', words: 'Answer 3 min late' })
  expect(dueOf(promised('solved', 240), start)?.words).toBe('Solution due in 4 h')
})

it('[DK1] nothing is due of a closed ticket, or where nothing was promised', () => {
  expect(dueOf({ ...promised('solved', 5), is_closed: true }, start)).toBe(null)
  expect(dueOf({ ...promised('solved', 5), target: null }, start)).toBe(null)
})

it('[DK1] spans are in the unit that people would use', () => {
  expect([1_000, 59 * minute, 90 * minute, 47 * 60 * minute, 72 * 60 * minute].map(spanWords)).toEqual([
    ...['1 min', '59 min', '2 h', '47 h', '3 days'],
  ])
})
