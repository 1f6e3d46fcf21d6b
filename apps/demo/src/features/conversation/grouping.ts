import type { MessageRow } from '@dowellchat/client'
import { isSameDay } from '../../lib/format.ts'

/** A message, and what is shown above it. */
export interface GroupedMessage {
  readonly row: MessageRow
  readonly key: string
  readonly startsDay: boolean
  /** Whether the author's name is shown above it. */
  readonly startsGroup: boolean
}

const groupMs = 5 * 60_000

/** Groups consecutive messages of one author that are less than five minutes apart. */
export function groupMessages(rows: readonly MessageRow[]): readonly GroupedMessage[] {
  return rows.map((row, at) => {
    const before = rows[at - 1]
    const startsDay = !before || !isSameDay(new Date(before.created_at), new Date(row.created_at))
    return { row, key: keyOf(row), startsDay, startsGroup: startsDay || !isContinued(before, row) }
  })
}

function isContinued(before: MessageRow, row: MessageRow): boolean {
  const isSoon = Date.parse(row.created_at) - Date.parse(before.created_at) < groupMs
  return isSoon && before.kind === row.kind && authorOf(before) === authorOf(row)
}

function authorOf({ isOwn, message }: MessageRow): string {
  return isOwn ? '' : (message?.author ?? '')
}

/** A cid is unique per author only. A message of your own keeps its key while it is being sent; a removed one may have lost its author. */
function keyOf(row: MessageRow): string {
  return row.kind === 'removed' && row.message ? row.message._id : `${authorOf(row)} ${row.cid}`
}
