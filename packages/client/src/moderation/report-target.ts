import type { Message } from '../entities.ts'
import type { MessageOrRow } from '../messages/live-stream.ts'

/**
 * What is reported: a message, or a person by their user id.
 *
 * @example
 * const target: ReportTarget = { user_id: 'eve' }
 */
export type ReportTarget = MessageOrRow | ReportedMessage | { readonly user_id: string }

/** What tells a message from others. */
type ReportedMessage = Pick<Message, '_id' | 'stream' | 'seq'>

/** What tells a target from others, as plain values: then a second try is known as one. */
export function plainTarget(target: ReportTarget) {
  if ('user_id' in target) return { user_id: target.user_id }
  const { _id, stream, seq } = 'message' in target ? target.message : target
  return { _id, stream, seq }
}
