import { RequestError } from '@dowellchat/client'
import { expect, it } from 'vitest'
import { formatTime, formatUntil } from './format.ts'
import { wordsOf } from './words.ts'

const wordsFor = (code: string, message: string, details?: object): string =>
  wordsOf(new RequestError('message_event', { code, message, retryable: false, details } as never))

it('[DW13] errors are told in words, and with times and sizes as people read them', () => {
  const until = new Date(Date.now() + 600_000).toISOString()
  expect(wordsFor('forbidden', `You may not write here until ${until}`, { muted_until: until })).toBe(
    `You cannot write here until ${formatUntil(until)}`,
  )
  expect(wordsFor('limit_reached', 'A file may have at most 26214400 bytes')).toBe(
    'A file may have at most 26 MB',
  )
  expect(wordsFor('forbidden', 'members: you may not add somebody of these')).toBe(
    'One of these people cannot be added',
  )
  expect(wordsFor('not_found', 'room:lobby does not exist')).toBe('This is not there any more')
  expect(wordsFor('not_found', 'Topic Returns does not exist')).toBe('Topic Returns does not exist')
  expect(wordsFor('ticket_closed', 'Ticket 6f9619ff-8b86-4d01-b42d-00cf4fc964ff is closed')).toBe(
    'The ticket is closed',
  )
})

it('[DW13] an end is said with its hour, also tomorrow and later', () => {
  const now = new Date(2026, 10, 30, 23, 10)
  const at = (...day: [number, number, number, number, number]) => {
    const iso = new Date(...day).toISOString()
    return formatUntil(iso, now).replace(formatTime(iso), 'TIME')
  }
  expect(at(2026, 10, 30, 23, 40)).toBe('TIME')
  expect(at(2026, 11, 1, 0, 10)).toBe('Tue TIME')
  expect(at(2026, 11, 6, 23, 0)).toBe('Sun TIME')
  expect(at(2026, 11, 7, 8, 0)).toBe('Dec 7, TIME')
})
