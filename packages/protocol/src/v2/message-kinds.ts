import { limits } from '../limits.ts'
import type { Message } from '../messages.ts'
import { isBlank } from '../rules/names.ts'
import { textProblem } from '../rules/text-problems.ts'
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

/** What the sender of an empty message is told. */
export const emptyText = 'Your message is empty'

/** What is wrong with a message's text, for whoever has written it; undefined where something else is wrong. */
export function explainText(sent: unknown): string | undefined {
  const text = (sent as { message_data?: unknown } | null)?.message_data
  if (typeof text !== 'string' || textProblem(text) === undefined) return undefined
  if (isBlank(text)) return emptyText
  return [...text].length > limits.text_length
    ? 'Your message is too long'
    : 'Your message has characters that cannot be shown'
}
