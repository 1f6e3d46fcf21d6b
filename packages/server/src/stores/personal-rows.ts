import type { Message } from '@dowellchat/protocol'
import { namedIn } from './call-claims.ts'
import type { CallRow } from './fields/calls.ts'
import { erasedCopy, type ReportRow } from './fields/reports.ts'
import { pairOf, type RoomRow } from './fields/rooms.ts'
import type { Person } from './person.ts'
import type { PortableRows } from './portable.ts'
import { withoutMembers, withoutRefused } from './room.ts'

// What exporting and erasing do with rows that take more than a line.

/**
 * The text is an entry's that a store of ours made, unless it is damaged: then what is left of the row is told. What others have
 * written or done is theirs; the person gets to see where they are named.
 */
export function exportedEntry(
  { text, _id, stream, seq, author, type, original }: PortableRows['entries'],
  { has }: Person,
): object {
  if (!has(author)) return { _id, stream, seq, type: type ?? 'message', names_them: true }
  try {
    const entry = JSON.parse(text) as object
    return original === null ? entry : { ...entry, original: JSON.parse(original) as object }
  } catch {
    return { _id, stream, seq, author, reason: 'damaged' }
  }
}

/** The people whom what is delivered once is about; nobody where its text is damaged. */
export function partiesOf(eventText: string | null): string[] {
  const event = parsed<{ user_id: string; caller: string }>(eventText)
  return event ? [event.user_id, event.caller] : []
}

/** What a text says that a server of ours has made; null where there is none, or it is damaged. */
function parsed<T>(text: string | null): T | null {
  if (text === null) return null
  try {
    return JSON.parse(text) as T | null
  } catch {
    return null
  }
}

export function isPartyOf(row: CallRow, { has }: Person): boolean {
  return has(row.user_id) || namedIn(row).some(has)
}

/** They may come back, and use a cid again: what they have made takes its id as its cid. */
export function freeCid(row: { readonly _id: string }, isTheirs: boolean): { readonly cid?: string } {
  return isTheirs ? { cid: row._id } : {}
}

/** A members' room loses the person as if they had left it; a direct room keeps its place for the other one. */
export function erasedRoom(row: RoomRow, person: Person): RoomRow {
  const { has, renamed } = person
  const left = row.kind === 'direct' ? renamedPair(row, person) : withoutMembers(row, theirsIn(row, person))
  return {
    ...left,
    user_id: renamed(row.user_id),
    // A closed room still says whose it was.
    owner: has(left.owner) ? null : left.owner,
    mutes: left.mutes.filter(({ user_id }) => !has(user_id)),
    invites: left.invites
      .filter(({ created_by }) => !has(created_by))
      .map((invite) => withoutRefused(invite, has)),
    version: row.version + 1,
    ...freeCid(row, has(row.user_id)),
  }
}

function theirsIn({ members }: RoomRow, { has }: Person): string[] {
  return members.map(({ user_id }) => user_id).filter(has)
}

function renamedPair(row: RoomRow, { renamed }: Person): RoomRow {
  const members = row.members.map((member) => ({ ...member, user_id: renamed(member.user_id) }))
  // With the room's id: the two may have another one that was erased before.
  return { ...row, members, pair: `${pairOf(members.map(({ user_id }) => user_id))}\n${row._id}` }
}

/** Of a damaged copy nothing is told, and erasing leaves nothing of it. */
function copyIn({ message_text }: ReportRow): Message | null {
  return parsed<Message>(message_text)
}

export function mentionsIn(row: ReportRow): NonNullable<Message['mentions']> {
  return copyIn(row)?.mentions ?? []
}

/** Who has reported the person, and who has dealt with it, is not the person's. */
export function exportedReport(row: ReportRow): object {
  const { message_text: _, slot: _slot, reported_by: _by, resolved_by: _resolver, ...said } = row
  return withoutCid({ ...said, message: copyIn(row) })
}

/** Nothing stays of what the person has written, neither as the reporter nor as the author of the message. */
export function erasedReport(row: ReportRow, { has, renamed }: Person): ReportRow {
  const message = copyIn(row)
  const left = message && (has(message.author) ? erasedCopy(message) : unnamed(message, has))
  return {
    ...row,
    message_text: left && JSON.stringify(left),
    user_id: has(row.user_id) ? null : row.user_id,
    resolved_by: renamed(row.resolved_by),
    ...(has(row.resolved_by) && { resolution: null }),
    // A row without a reporter takes its id as its cid, since two reporters may have used one cid.
    ...(has(row.reported_by) && { reported_by: null, reason: '', cid: row._id, slot: null }),
  }
}

function unnamed(message: Message, has: Person['has']): Message {
  if (!message.mentions?.some(({ user_id }) => has(user_id))) return message
  return { ...message, mentions: message.mentions.filter(({ user_id }) => !has(user_id)) }
}

/** What a row says without what only the server needs. */
export function withoutCid<Row extends { readonly cid: string; readonly fingerprint: string }>(
  row: Row,
): object {
  const { cid: _, fingerprint: _fingerprint, ...said } = row
  return said
}
