import type { Call } from '@dowellchat/client'
import { wordsOf } from '../../lib/words.ts'

/** The state of a call in a word or two. */
export const statusWords: Readonly<Record<Call['status'], string>> = {
  starting: 'Starting…',
  ringing: 'Ringing…',
  connecting: 'Connecting…',
  connected: 'In a call',
  ended: 'Call ended',
}

/** Why a call ended, and what you can do. */
export function endWords({ reason, error, direction }: Call, name: string): string {
  if (error) return isOutOfReach(error) ? `${name} cannot be reached right now` : wordsOf(error)
  switch (reason) {
    case 'cancelled':
      return direction === 'outgoing'
        ? `You hung up before ${name} answered`
        : `${name} hung up before you answered`
    case 'declined':
      return direction === 'outgoing' ? `${name} declined` : `You declined ${name}`
    case 'answered_elsewhere':
      return `You answered ${name} on another device`
    case 'lost':
      return `The connection to ${name} was lost. Try calling again.`
    case 'failed':
      return 'Sound and video could not connect. Try calling again.'
    default:
      return `Your call with ${name} is over`
  }
}

function isOutOfReach(error: NonNullable<Call['error']>): boolean {
  return error.name === 'RequestError' && error.code === 'not_found'
}
