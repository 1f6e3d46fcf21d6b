import type { MessageRow } from '@dowellchat/client'
import { isSameDay } from '../../lib/format.ts'

/** A message, and what stands above it. */
export interface GroupedMessage {
  readonly row: MessageRow
  readonly key: string
  readonly startsDay: boolean
  /** Whether the author's name stands above it. */
  readonly startsGroup: boolean
}

const groupMs = 5 * 60_000

/** Messages of one author that follow each other within minutes are a group. */
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
  return isOwn || !message ? '' : message.author
}

/** A cid is unique to its author alone; one's own stays the same while it is sent. */
function keyOf(row: MessageRow): string {
  return `${authorOf(row)} ${row.cid}`
}
