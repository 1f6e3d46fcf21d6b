import type { MessageRow } from '@dowellchat/client'
import { isSameDay } from '../../lib/format.ts'

/** A message, and what is shown above it. */
export interface GroupedMessage {
  readonly row: MessageRow
  readonly startsDay: boolean
  /** Whether the author's name is shown above it. */
  readonly startsGroup: boolean
}

const groupMs = 5 * 60_000

/** Groups consecutive messages of one author that are less than five minutes apart. */
export function groupMessages(rows: readonly MessageRow[]): readonly GroupedMessage[] {
  return rows.map((row, at) => {
    const before = rows[at - 1]
    const startsDay =
      !before || !isSameDay(new Date(before.message.created_at), new Date(row.message.created_at))
    return { row, startsDay, startsGroup: startsDay || !isContinued(before, row) }
  })
}

function isContinued(before: MessageRow, row: MessageRow): boolean {
  const isSoon = Date.parse(row.message.created_at) - Date.parse(before.message.created_at) < groupMs
  return isSoon && before.message.kind === row.message.kind && authorOf(before) === authorOf(row)
}

function authorOf({ isOwn, message }: MessageRow): string {
  return isOwn ? '' : (message.author ?? '')
}
