import { dateNow } from '../../time.ts'
import type { SlowMessage } from '../domains/rooms.ts'
import { newId } from '../ids.ts'
import { type Fields, text } from './field.ts'

/** When a member of a room with slow mode may send the next message. */
export interface PaceRow {
  readonly _id: string
  readonly room: string
  readonly user_id: string
  /** The last message that was let through. */
  readonly cid: string
  readonly next_at: string
}

export const paceFields: Fields<PaceRow> = { _id: text, room: text, user_id: text, cid: text, next_at: text }

/** What a message makes of its sender's pace: the next row, or how long they have to wait, which is 0 for a repetition. */
export function nextPace(known: PaceRow | undefined, message: SlowMessage): PaceRow | number {
  const { room, user_id, cid, every_ms } = message
  if (known?.cid === cid) return 0
  // A slow mode that was made shorter holds at once.
  const left = known ? Math.min(Date.parse(known.next_at) - dateNow(), every_ms) : 0
  if (left > 0) return left
  const next_at = new Date(dateNow() + every_ms).toISOString()
  return { _id: known?._id ?? newId(), room, user_id, cid, next_at }
}
