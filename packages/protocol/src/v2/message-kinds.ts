import type { Message } from '../messages.ts'
import type { Entry } from '../streams.ts'

/**
 * Whether V2 clients get an entry: what people wrote, and nothing else. One page parses the text of every message that it
 * gets as JSON, and goes blank at a fact such as 'Ticket Closed'.
 */
export function isV2Message(entry: Entry): entry is Message {
  return entry.type === 'message' && entry.kind === 'text'
}

/** A message's text for V2 clients, who have no files: a line with each file's name where it has no text. */
export function v2Text({
  message_data,
  attachments = [],
}: Pick<Message, 'message_data' | 'attachments'>): string {
  return message_data || attachments.map(({ name }) => name).join('\n')
}
