import { isRequestError } from '@dowellchat/client'
import { formatUntil, sizeWords } from './format.ts'

/** The contract's fields as the page labels them. */
const labels: Readonly<Record<string, string>> = {
  message_data: 'The message',
  room: 'The room’s name',
  room_id: 'The room’s name',
  title: 'The room’s name',
  members: 'The list of members',
  name: 'The name',
  user_id: 'The name',
  userToCall: 'Who to call',
  product: 'The topic',
  invite: 'The invitation',
  positions_in_a_line: 'The position',
  average_serving_time: 'The minutes per ticket',
  capacity: 'The capacity',
}

/** What to say instead of texts that are meant for developers, or that say nothing about what to do. */
const wordsByCode: Readonly<Record<string, string>> = {
  too_large: 'This is too large to send',
  rate_limited: 'This was too much at once. Wait a moment, and try again.',
  queue_full: 'Too much waits to be sent. Wait until you are connected.',
  timeout: 'The server did not answer. Try again.',
  unavailable: 'The server cannot be reached right now. Try again.',
  internal: 'Something went wrong at the server. Try again.',
  ticket_closed: 'The ticket is closed',
  unreadable: 'The server’s answer could not be read. Reload the page.',
}

/** Fields, streams and ids, which are no words for people. */
const wired = /\w:|\b[\da-f]{8}-/

const wordsWithoutIds: Readonly<Record<string, string>> = {
  forbidden: 'You may not do that',
  not_found: 'This is not there any more',
}

/** An error's text for people, without the names of fields and types. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Something went wrong. Try again.'
  if (!isRequestError(error)) return sentence(error.message)
  const { code, message, details } = error
  if (code === 'invalid_payload') return problemWords(message)
  const { muted_until } = Object(details) as { muted_until?: unknown }
  if (typeof muted_until === 'string') return `You cannot write here until ${formatUntil(muted_until)}`
  if (message.startsWith('members:')) return 'One of these people cannot be added'
  const instead = wordsByCode[code] ?? (wired.test(message) && wordsWithoutIds[code])
  return instead || sentence(message.replace(/(\d+) bytes/, (_, bytes) => sizeWords(Number(bytes))))
}

/** `name: expected at most 64 characters` is `The name can have at most 64 characters`. */
function problemWords(message: string): string {
  const [, field = '', expected = ''] = /^(\w+)[\w.]*: (?:expected )?(.*?)(?:, got .*)?$/.exec(message) ?? []
  const label = labels[field]
  if (label === undefined) return 'This cannot be sent. Check what you have entered.'
  const most = /^(?:1 to|at most) (\d+)/.exec(expected)?.[1]
  if (expected.endsWith('characters') && expected.startsWith('at most'))
    return `${label} can have ${expected}`
  if (/not empty|^1 to/.test(expected))
    return `${label} needs letters that can be seen${most ? `, at most ${most}` : ''}`
  if (/number|^at (most|least)/.test(expected)) return `${label} needs to be ${expected}`
  return `${label} is not valid`
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
