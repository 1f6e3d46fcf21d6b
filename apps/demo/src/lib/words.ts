import { isRequestError } from '@dowellchat/client'

/** The contract's fields as the page labels them. */
const labels: Readonly<Record<string, string>> = {
  message_data: 'Message',
  room: 'Room name',
  room_id: 'Room name',
  name: 'Name',
  user_id: 'Name',
  userToCall: 'Who to call',
  product: 'Topic',
  positions_in_a_line: 'Position',
  average_serving_time: 'Minutes per ticket',
  capacity: 'Capacity',
}

/** An error's text for people, with the page's own labels in place of field names. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Something went wrong. Try again.'
  if (isRequestError(error) && error.code === 'too_large') return 'This is too large to send'
  const text = error.message.replace(/^(\w+):/, (_, field: string) => `${labels[field] ?? field}:`)
  return text.charAt(0).toUpperCase() + text.slice(1)
}
