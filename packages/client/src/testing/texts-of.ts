import type { MessageRow } from '../messages/message-rows.ts'

/** What the rows of a list say. */
export function textsOf(rows: readonly MessageRow[] = []): string[] {
  return rows.map(({ message }) => message.message_data)
}
