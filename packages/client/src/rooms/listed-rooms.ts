import { changedMessage, limits, removedMessage } from '@dowellchat/protocol/core'
import type { Entry, ListedRoom, Message, PushOf, Reader, Room } from '../entities.ts'

export type RoomActivity = PushOf<'room_activity'>['rooms'][number]

/** A room of the list as the server has it, and up to which message its unread ones are counted. */
export interface Counted {
  readonly room: ListedRoom
  readonly counted: number
}

/** As the server answers it. What is known of its last message counts, where the list lags behind. */
export function countedRoom(listed: ListedRoom): Counted {
  const { head, last, active_at } = listed
  const at = last && last.created_at > active_at ? last.created_at : active_at
  const room = at === active_at ? listed : { ...listed, active_at: at }
  return { room, counted: Math.max(head.nth, mostRead(room.reader)) }
}

/** Up to where at least the server has counted. */
const mostRead = ({ nth, unread }: Reader): number => nth + unread

/** What becomes of a room by new messages. Of several at once the last one is known; the others are taken for others' ones. */
export function withActivity(known: Counted, { head, last }: RoomActivity, isOwn: IsOwn): Counted {
  const { room, counted } = known
  if (head.seq <= room.head.seq) return known
  const isNew = head.nth > room.head.nth
  const active_at = isNew && last && last.created_at > room.active_at ? last.created_at : room.active_at
  const reader = head.nth > counted ? counting(room.reader, head.nth - counted, last, isOwn) : room.reader
  return { room: { ...room, head, last, active_at, reader }, counted: Math.max(counted, head.nth) }
}

/** Whether an id is the user's own. */
export type IsOwn = (userId: string | null) => boolean

function counting(reader: Reader, grown: number, last: Message | null, isOwn: IsOwn): Reader {
  // Sending raises the mark.
  if (last && isOwn(last.author)) return { ...reader, nth: last.nth, unread: 0, mentions: 0 }
  const unread = Math.min(reader.unread + grown, limits.unread_counted)
  const mentions = reader.mentions + (last && isMentioned(last, isOwn) ? 1 : 0)
  return { ...reader, unread, mentions: Math.min(mentions, unread) }
}

/** Whether a message mentions the user. */
export function isMentioned({ mentions = [] }: Message, isOwn: IsOwn): boolean {
  return mentions.some(({ user_id }) => isOwn(user_id))
}

/** What becomes of a room by what the server says of its reader, unless it is older. */
export function withReader({ room, counted }: Counted, reader: Reader): Counted {
  if (reader.version < room.reader.version) return { room, counted }
  return { room: { ...room, reader }, counted: Math.max(counted, mostRead(reader)) }
}

/** Whether the number of unread messages or mentions may be another one: not all new messages are known. */
export function isUnsure({ room, counted }: Counted, { head, last }: RoomActivity, isOwn: IsOwn): boolean {
  if (head.nth <= counted || !last || isOwn(last.author)) return false
  return head.nth - Math.max(counted, room.head.nth) > 1 || isMentioned(last, isOwn)
}

/** Whether what is unread may have been edited or removed, with whom it mentions: entries are missing that are no messages. */
export function hasUnknownChanges({ room }: Counted, { head }: RoomActivity): boolean {
  const { reader, head: known } = room
  return reader.unread > 0 && head.seq - known.seq > Math.max(head.nth - known.nth, 0)
}

/** Whether an entry makes or ends mentions of the user, among what is unread perhaps. */
export function changesMentions({ room: { reader } }: Counted, entry: Entry, isOwn: IsOwn): boolean {
  if ('targets' in entry) return reader.mentions > 0
  if (!('change' in entry) || entry.change !== 'edited' || reader.unread === 0) return false
  return reader.mentions > 0 || (entry.mentions?.some(({ user_id }) => isOwn(user_id)) ?? false)
}

/** Whether the server has counted a reader before messages that are counted here; their own ones it leaves out. */
export function isBehind({ room, counted }: Counted, reader: Reader): boolean {
  const isNewer = reader.version >= room.reader.version
  return isNewer && reader.unread < limits.unread_counted && mostRead(reader) < counted
}

export function withRoom(known: Counted, now: Room): Counted {
  if (now.version < known.room.version) return known
  return { ...known, room: { ...known.room, ...now } }
}

/** Where entries of a joined room lead. */
export function activityOf(
  { _id, last }: Pick<ListedRoom, '_id' | 'last'>,
  entry: Entry,
): RoomActivity | undefined {
  if (!('nth' in entry)) return undefined
  const head = { seq: entry.seq, nth: entry.nth, id: entry._id }
  if ('message_data' in entry && 'kind' in entry) return { room: _id, head, last: entry }
  return { room: _id, head, last: last && changed(last, entry) }
}

function changed(last: Message, entry: Exclude<Entry, Message>): Message {
  if ('targets' in entry) return entry.targets.includes(last.seq) ? removedMessage(last, entry.reason) : last
  if (!('target' in entry) || entry.target !== last.seq) return last
  return changedMessage(last as never, entry)
}

/** Whether two rooms show the same: versions show nothing. */
export function looksTheSame(a: ListedRoom, b: ListedRoom): boolean {
  return a === b || JSON.stringify(withoutVersions(a)) === JSON.stringify(withoutVersions(b))
}

const withoutVersions = ({ reader, ...room }: ListedRoom): object => ({
  ...{ ...room, version: 0 },
  reader: { ...reader, version: 0 },
})

/** Pinned rooms first, then those that were last active. */
export const byActivity = {
  idOf: ({ _id }: ListedRoom): string => _id,
  compare(a: ListedRoom, b: ListedRoom): number {
    if (a.reader.is_pinned !== b.reader.is_pinned) return a.reader.is_pinned ? -1 : 1
    return a.active_at === b.active_at ? 0 : a.active_at > b.active_at ? -1 : 1
  },
}
