import type { Call, CallRecord } from '@dowellchat/client'
import { wordsOf } from '../../lib/words.ts'

const statuses: Readonly<Record<Call['status'], string>> = {
  starting: 'Starting…',
  ringing: 'Ringing…',
  connecting: 'Connecting…',
  connected: 'In a call',
  reconnecting: 'Reconnecting…',
  ended: 'Call ended',
}

/** The state of a call in a word or two. */
export function statusWords({ status, hold }: Pick<Call, 'status' | 'hold'>): string {
  return status === 'connected' && (hold.here || hold.there) ? 'On hold' : statuses[status]
}

/** What is known of the end of a call. */
export type CallEnd = Pick<Call, 'reason' | 'error' | 'direction' | 'endedHere' | 'connectedAt' | 'endedAt'>

/** How a call ended, in a word or two. */
export function endTitle({ reason, error, direction, connectedAt }: CallEnd): string {
  if (connectedAt !== null) return 'Call ended'
  if (reason === 'busy') return 'Busy'
  if (reason === 'declined') return 'Call declined'
  if (reason === 'missed') return direction === 'outgoing' ? 'No answer' : 'Missed call'
  if (reason === 'cancelled') return direction === 'outgoing' ? 'Call cancelled' : 'Missed call'
  return error ? 'The call could not start' : 'Call ended'
}

/** Who or what ended a call and how long it was, and what you can do. */
export function endWords(call: CallEnd, name: string): string {
  const { reason, error, direction, endedHere, connectedAt } = call
  const after = afterWords(call)
  if (reason === 'failed') return failureWords(after)
  if (error) return isOutOfReach(error) ? `${name} cannot be reached right now` : wordsOf(error)
  switch (reason) {
    case 'cancelled':
      return direction === 'outgoing'
        ? `You hung up before ${name} answered`
        : `${name} hung up before you answered`
    case 'declined':
      return direction === 'outgoing' ? `${name} declined` : `You declined ${name}`
    case 'busy':
      return direction === 'outgoing' ? `${name} is in another call` : 'You were in another call'
    case 'missed':
      return direction === 'outgoing' ? `${name} did not answer` : `You missed a call from ${name}`
    case 'answered_elsewhere':
      return `The call from ${name} was answered on another device or by somebody else`
    case 'lost':
      return `The connection to ${name} was lost${after}. Try calling again.`
    default:
      return `${endedHere ? 'You' : name} ended the call${connectedAt ? after : ' before it was connected'}`
  }
}

/** ` after 3 minutes 5 seconds`; '' for a call that was not connected. */
function afterWords({ connectedAt, endedAt }: CallEnd): string {
  return connectedAt && endedAt ? ` after ${lengthWords(connectedAt, endedAt)}` : ''
}

function failureWords(after: string): string {
  return after === ''
    ? 'Sound and picture could not be connected. Try again, or from another network.'
    : `Sound and picture were interrupted${after}, and did not come back. Try calling again.`
}

function isOutOfReach(error: NonNullable<CallEnd['error']>): boolean {
  return error.name === 'RequestError' && error.code === 'not_found'
}

/** `1 hour 12 minutes`, `3 minutes 5 seconds`, `8 seconds`: the two largest units between two times. */
export function lengthWords(from: string, to: string): string {
  const seconds = Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 1_000))
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 3_600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ]
  const largest = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(largest, largest + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ')
}

/** Who you are in a call of the past. */
export interface RecordSide {
  readonly isOutgoing: boolean
  /** Who else has answered what rang you too; null where nobody has. */
  readonly answeredBy: string | null
}

/** What became of a call of the past; '' where that it was missed says it all. */
export function recordWords(record: CallRecord, { isOutgoing, answeredBy }: RecordSide): string {
  const { state, reason, answered_at, ended_at, is_missed } = record
  if (answeredBy !== null) return `Answered by ${answeredBy}`
  if (state === 'ringing') return 'Ringing'
  if (state !== 'ended') return 'Going on now'
  if (reason === 'failed') return 'Could not connect'
  if (answered_at && ended_at) return lengthWords(answered_at, ended_at)
  if (is_missed && reason !== 'busy') return ''
  return unansweredWords(reason, isOutgoing)
}

function unansweredWords(reason: CallRecord['reason'], isOutgoing: boolean): string {
  switch (reason) {
    case 'declined':
      return 'Declined'
    case 'busy':
      return isOutgoing ? 'Was in another call' : 'You were in another call'
    case 'cancelled':
      return isOutgoing ? 'Cancelled' : 'Not answered'
    case 'lost':
      return 'Connection lost'
    default:
      return isOutgoing ? 'No answer' : 'Not answered'
  }
}
