import { type CallRecord, RequestError } from '@dowellchat/client'
import { describe, expect, it } from 'vitest'
import { type CallEnd, endTitle, endWords, lengthWords, recordWords } from './call-words.ts'

const ended: CallEnd = {
  direction: 'outgoing',
  connectedAt: null,
  endedAt: null,
  endedHere: false,
  reason: null,
  error: null,
}
const talked = { connectedAt: '2026-01-01T10:00:00.000Z', endedAt: '2026-01-01T10:03:05.000Z' }
const outOfReach = new RequestError('callUser', { code: 'not_found', message: 'no', retryable: false })
const incoming = { direction: 'incoming' } as const

describe('what is said of a call that has ended', () => {
  it.each<[Partial<CallEnd>, title: string, words: string]>([
    [
      { reason: 'hung_up', endedHere: true, ...talked },
      'Call ended',
      'You ended the call after 3 minutes 5 seconds',
    ],
    [{ reason: 'hung_up', ...talked }, 'Call ended', 'Ben ended the call after 3 minutes 5 seconds'],
    [{ reason: 'hung_up', ...incoming }, 'Call ended', 'Ben ended the call before it was connected'],
    [{ reason: 'cancelled', endedHere: true }, 'Call cancelled', 'You hung up before Ben answered'],
    [{ reason: 'cancelled', ...incoming }, 'Missed call', 'Ben hung up before you answered'],
    [{ reason: 'declined' }, 'Call declined', 'Ben declined'],
    [{ reason: 'busy' }, 'Busy', 'Ben is in another call'],
    [{ reason: 'missed' }, 'No answer', 'Ben did not answer'],
    [{ reason: 'missed', ...incoming }, 'Missed call', 'You missed a call from Ben'],
    [
      { reason: 'answered_elsewhere', ...incoming },
      'Call ended',
      'The call from Ben was answered on another device or by somebody else',
    ],
    [
      { reason: 'lost', ...talked },
      'Call ended',
      'The connection to Ben was lost after 3 minutes 5 seconds. Try calling again.',
    ],
    [
      { reason: 'failed' },
      'Call ended',
      'Sound and picture could not be connected. Try again, or from another network.',
    ],
    [
      { reason: 'failed', ...talked },
      'Call ended',
      'Sound and picture were interrupted after 3 minutes 5 seconds, and did not come back. Try calling again.',
    ],
    [{ error: outOfReach }, 'The call could not start', 'Ben cannot be reached right now'],
    // A later server may know more reasons.
    [
      { reason: 'moved' as 'hung_up', ...talked },
      'Call ended',
      'Ben ended the call after 3 minutes 5 seconds',
    ],
  ])('%j', (changes, title, words) => {
    const call = { ...ended, ...changes }
    expect([endTitle(call), endWords(call, 'Ben')]).toEqual([title, words])
  })
})

describe('how long a call was', () => {
  it.each([
    [200, '1 second'],
    [8_000, '8 seconds'],
    [60_000, '1 minute'],
    [185_000, '3 minutes 5 seconds'],
    [3_600_000, '1 hour'],
    [3_605_000, '1 hour'],
    [4_325_000, '1 hour 12 minutes'],
  ])('%d ms are %s', (ms, words) => {
    expect(lengthWords(new Date(0).toISOString(), new Date(ms).toISOString())).toBe(words)
  })
})

describe('what is said of a call in the list', () => {
  const record: CallRecord = {
    ...{ _id: '1', caller: 'ann', callees: ['ben', 'cat'], answered_by: 'cat' },
    ...{ media: 'audio', ticket_id: null, is_missed: false },
    ...{ state: 'active', reason: null },
    ...{ created_at: talked.connectedAt, answered_at: talked.connectedAt, ended_at: null },
  }
  const over = { ...record, state: 'ended', reason: 'hung_up', ended_at: talked.endedAt } as const

  it.each<[CallRecord, answeredBy: string | null, words: string]>([
    [record, null, 'Going on now'],
    [over, null, '3 minutes 5 seconds'],
    // Whom it rang, and who has not talked.
    [record, 'Cat', 'Answered by Cat'],
    [over, 'Cat', 'Answered by Cat'],
    [{ ...over, answered_by: null, answered_at: null, reason: 'cancelled' }, null, 'Not answered'],
  ])('%#: %s', (call, answeredBy, words) => {
    expect(recordWords(call, { isOutgoing: false, answeredBy })).toBe(words)
  })
})
