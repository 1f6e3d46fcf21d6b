import type { MessageRow } from '@dowellchat/client'
import { isSameDay } from '../../../lib/format.ts'

/** What is shown above a message. */
export interface Grouping {
  readonly startsDay: boolean
  /** Whether the author's name is shown above it. */
  readonly startsGroup: boolean
}

const groupMs = 5 * 60_000

/** Groups consecutive messages of one author that are less than five minutes apart. */
export function groupingOf(row: MessageRow, before: MessageRow | undefined): Grouping {
  const startsDay =
    !before || !isSameDay(new Date(before.message.created_at), new Date(row.message.created_at))
  return { startsDay, startsGroup: startsDay || !isContinued(before, row) }
}

function isContinued(before: MessageRow, row: MessageRow): boolean {
  const isSoon = Date.parse(row.message.created_at) - Date.parse(before.message.created_at) < groupMs
  return isSoon && before.message.kind === row.message.kind && authorOf(before) === authorOf(row)
}

function authorOf({ isOwn, message }: MessageRow): string {
  return isOwn ? '' : (message.author ?? '')
}
