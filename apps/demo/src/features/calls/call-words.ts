import type { Call } from '@dowellchat/client'
import { wordsOf } from '../../lib/words.ts'

/** How a call stands, in a word or two. */
export const statusWords: Readonly<Record<Call['status'], string>> = {
  starting: 'Starting…',
  ringing: 'Ringing…',
  connecting: 'Connecting…',
  connected: 'In the call',
  ended: 'Call ended',
}

/** Why a call has ended, and what one can do. */
export function endWords({ reason, error, direction }: Call, name: string): string {
  if (error) return isOutOfReach(error) ? `${name} cannot be reached: they are not here now` : wordsOf(error)
  switch (reason) {
    case 'cancelled':
      return direction === 'outgoing' ? `You gave up before ${name} answered` : `${name} gave up`
    case 'declined':
      return direction === 'outgoing' ? `${name} declined` : `You declined ${name}`
    case 'answered_elsewhere':
      return `You answered ${name} on another device`
    case 'lost':
      return `The connection to ${name} was lost: call again`
    case 'failed':
      return 'Sound and picture could not be connected: call again'
    default:
      return `You or ${name} hung up`
  }
}

function isOutOfReach(error: NonNullable<Call['error']>): boolean {
  return error.name === 'RequestError' && error.code === 'not_found'
}
