import { randomBytes } from 'node:crypto'
import { type Invite, limits, type MemberChange, type RoomMember, type RoomRole } from '@dowellchat/protocol'
import { dateNow, isoNow } from '../time.ts'
import type { Membership, NewInvite, RoomActor, RoomChange, RoomOutcome } from './domains/rooms.ts'
import {
  type InviteRow,
  type MemberRow,
  type Mute,
  type RoomPart,
  type RoomRow,
  toRoom,
} from './fields/rooms.ts'
import { anonymousPrefix } from './person.ts'

type Refusal = Extract<RoomOutcome, { refused: unknown }>
type Result = Refusal | { readonly row: RoomRow; readonly invite?: Invite; readonly member?: RoomMember }

const secretBytes = 18
/** So many people an invite refuses by name. */
const mostRefused = 50

/** In how many of a user's newest rooms others are looked for. */
export const sharedRooms = 1_000

/** What a change makes of a room; a store writes `row` where it is another one than before. */
export function roomChange(
  before: RoomRow | undefined,
  change: RoomChange,
): { readonly row: RoomRow; readonly outcome: RoomOutcome } | { readonly outcome: Refusal } {
  const result = before ? changed(before, change) : notFound(change)
  if ('refused' in result) return { outcome: result }
  const { row, invite, member } = result
  const isChanged = row !== before
  const changes = isChanged && before ? memberChanges(before, row) : []
  return {
    row,
    outcome: {
      changed: isChanged,
      room: toRoom(row),
      changes,
      member_ids: row.members.map(({ user_id }) => user_id),
      ...(invite && { invite }),
      ...(member && { member }),
    },
  }
}

function changed(row: RoomRow, change: RoomChange): Result {
  if (change.type === 'accept') return accept(row, change.by, change.invite)
  const role = roleOf(row, change.by)
  // To those who may not know of it, a room is missing.
  if (role === null && !(change.by.is_admin && row.kind === 'members')) return notFound(change)
  if (change.type === 'close' && row.closed_at !== null) return { row }
  if (row.closed_at !== null) return notFound(change)
  if (row.kind === 'direct') return directChange(row, change)
  if (change.type === 'leave') return { row: withoutMembers(row, change.by.user_ids) }
  if (role !== 'owner' && !change.by.is_admin) {
    return { refused: 'forbidden', why: 'This needs the owner of the room or an admin' }
  }
  switch (change.type) {
    case 'update':
      return update(row, change)
    case 'add':
      return admitting(row, add(row, change.user_ids), change.user_ids)
    case 'remove':
      return { row: removed(row, change) }
    case 'mute':
      return mute(row, change)
    case 'close':
      return { row: closed(row) }
    case 'invite':
      return invite(row, change.invite)
  }
}

function directChange(row: RoomRow, change: RoomChange): Result {
  if (change.type === 'mute')
    return { refused: 'forbidden', why: 'Nobody is muted in a direct room; block them instead' }
  if (change.type !== 'update') return fixed()
  if (change.slow_mode_ms === undefined) return update(row, change)
  return { refused: 'forbidden', why: 'A direct room has no slow mode' }
}

function notFound({ type }: RoomChange): Refusal {
  const why = type === 'accept' ? 'The invite is not valid' : 'There is no such room'
  return { refused: 'not_found', why }
}

function fixed(): Refusal {
  return { refused: 'forbidden', why: 'The members of a direct room stay the same' }
}

/** The highest role of somebody who may have several ids; the owner of a closed room stays known. */
export function roleOf(
  { owner, members }: RoomRow,
  { user_ids }: Pick<RoomActor, 'user_ids'>,
): RoomRole | null {
  if (owner !== null && user_ids.includes(owner)) return 'owner'
  return members.some(({ user_id }) => user_ids.includes(user_id)) ? 'member' : null
}

function update(
  row: RoomRow,
  { title, metadata, slow_mode_ms }: Extract<RoomChange, { type: 'update' }>,
): Result {
  const next = {
    ...row,
    title: title === undefined ? row.title : title,
    metadata_text: metadata ? JSON.stringify(metadata) : row.metadata_text,
    slow_mode_ms: slow_mode_ms === undefined ? row.slow_mode_ms : slow_mode_ms,
  }
  const isSame = (['title', 'metadata_text', 'slow_mode_ms'] as const).every(
    (name) => next[name] === row[name],
  )
  return { row: isSame ? row : raised(next) }
}

function add(row: RoomRow, user_ids: readonly string[]): Result {
  const known = new Set(row.members.map(({ user_id }) => user_id))
  const added = [...new Set(user_ids)].filter((user_id) => !known.has(user_id))
  if (added.length === 0) return { row }
  if (known.size + added.length > limits.room_members) {
    return { refused: 'limit_reached', why: `A room has at most ${limits.room_members} members` }
  }
  const joined_at = isoNow()
  const more = added.map((user_id) => ({ user_id, role: 'member', joined_at }) as const)
  return { row: withMembers(row, [...row.members, ...more]) }
}

/** A room without some members. That of an owner who is gone passes to its oldest member, guests last; without members it is closed. */
export function withoutMembers(row: RoomRow, user_ids: readonly string[]): RoomRow {
  const left = row.members.filter(({ user_id }) => !user_ids.includes(user_id))
  if (left.length === row.members.length) return row
  // Guests manage no room: only where there is nobody else.
  const next = left.find(({ user_id }) => !user_id.startsWith(anonymousPrefix)) ?? left[0]
  if (!next) return closed(row)
  if (left.some(({ role }) => role === 'owner')) return withMembers(row, left)
  const owned = withMembers(
    row,
    left.map((one) => (one === next ? { ...one, role: 'owner' } : one)),
  )
  const mutes = row.mutes.filter((one) => one.user_id !== next.user_id)
  return { ...owned, mutes, owner: next.user_id }
}

/** Whoever is removed by somebody else gets in again by no invite from before, until they are added. */
function removed(
  row: RoomRow,
  { by, user_ids }: { readonly by: RoomActor; readonly user_ids: readonly string[] },
): RoomRow {
  const left = withoutMembers(row, user_ids)
  const gone = row.members.map(({ user_id }) => user_id).filter((id) => user_ids.includes(id))
  const refused = gone.filter((id) => !by.user_ids.includes(id))
  return refused.length === 0
    ? left
    : { ...left, invites: left.invites.flatMap((one) => refusing(one, refused)) }
}

/** An invite that has to refuse too many is none any more. */
function refusing(invite: InviteRow, userIds: readonly string[]): InviteRow[] {
  const refused = [...new Set([...(invite.refused ?? []), ...userIds])]
  return refused.length > mostRefused ? [] : [{ ...invite, refused }]
}

function admitting(before: RoomRow, added: Result, userIds: readonly string[]): Result {
  if ('refused' in added || added.row === before) return added
  const invites = added.row.invites.map((one) => withoutRefused(one, (id) => userIds.includes(id)))
  return { row: { ...added.row, invites } }
}

/** An invite that refuses some people no more. */
export function withoutRefused(invite: InviteRow, isFree: (userId: string) => boolean): InviteRow {
  return invite.refused ? { ...invite, refused: invite.refused.filter((id) => !isFree(id)) } : invite
}

/** The last time counts, also where it is the earlier one. */
function mute(row: RoomRow, { user_id, until }: Extract<RoomChange, { type: 'mute' }>): Result {
  const member = row.members.find((one) => one.user_id === user_id)
  if (!member) return { refused: 'not_found', why: `${user_id} is not a member of this room` }
  if (member.role === 'owner') return { refused: 'forbidden', why: 'The owner of a room cannot be muted' }
  const others = valid(row.mutes).filter((one) => one.user_id !== user_id)
  const muted = { ...member, muted_until: until }
  if (until === null && mutedUntil(row.mutes, [user_id]) === null) return { row, member: muted }
  if (until === null) return { row: raised({ ...row, mutes: others }), member: muted }
  // Those who have left count too.
  if (others.length >= limits.room_members)
    return { refused: 'limit_reached', why: `In a room at most ${limits.room_members} people are muted` }
  return { row: raised({ ...row, mutes: [...others, { user_id, until }] }), member: muted }
}

function valid(mutes: readonly Mute[]): Mute[] {
  return mutes.filter(({ until }) => Date.parse(until) > dateNow())
}

/** Until when somebody who may have several ids may not write; null where they may. Times that have passed say nothing. */
export function mutedUntil(mutes: readonly Mute[], userIds: readonly string[]): string | null {
  // Nearly always.
  if (mutes.length === 0) return null
  const own = valid(mutes).flatMap(({ user_id, until }) => (userIds.includes(user_id) ? until : []))
  return own.toSorted().at(-1) ?? null
}

function invite(row: RoomRow, { created_by, cid, fingerprint, expires_at, uses }: NewInvite): Result {
  const known = row.invites.find((one) => one.created_by === created_by && one.cid === cid)
  if (known && known.fingerprint !== fingerprint) {
    return { refused: 'conflict', why: `cid: ${cid} has been used for another invite` }
  }
  if (known) return { row, invite: toInvite(row, known) }
  const usable = row.invites.filter(isValid)
  if (usable.length >= limits.room_invites) {
    return { refused: 'limit_reached', why: `A room has at most ${limits.room_invites} invites` }
  }
  const secret = randomBytes(secretBytes).toString('base64url')
  const made = { invite: `${row._id}.${secret}`, created_by, cid, fingerprint, expires_at, uses_left: uses }
  return { row: raised({ ...row, invites: [...usable, made] }), invite: toInvite(row, made) }
}

function accept(row: RoomRow, by: RoomActor, text: string): Result {
  const known = row.invites.find((one) => one.invite === text)
  const [user_id] = by.user_ids
  const missing: Refusal = { refused: 'not_found', why: 'The invite is not valid' }
  if (!known || row.closed_at !== null || user_id === undefined) return missing
  // Repeating it succeeds, also when nothing of it is left.
  if (roleOf(row, by) !== null) return { row }
  if (!isValid(known) || by.user_ids.some((id) => known.refused?.includes(id))) return missing
  const joined = add(row, [user_id])
  if ('refused' in joined) return joined
  const invites = row.invites.map((one) => (one === known ? { ...one, uses_left: one.uses_left - 1 } : one))
  return { row: { ...joined.row, invites } }
}

function isValid({ expires_at, uses_left }: InviteRow): boolean {
  return uses_left > 0 && Date.parse(expires_at) > dateNow()
}

/** The room of an invite. */
export function roomOfInvite(invite: string): string {
  return invite.slice(0, Math.max(invite.indexOf('.'), 0))
}

function toInvite({ _id }: RoomRow, { invite, expires_at, uses_left }: InviteRow): Invite {
  return { invite, room: _id, expires_at, uses_left }
}

function closed(row: RoomRow): RoomRow {
  return { ...withMembers(row, []), mutes: [], invites: [], closed_at: isoNow() }
}

function withMembers(row: RoomRow, members: readonly MemberRow[]): RoomRow {
  return raised({ ...row, members, member_count: members.length })
}

function raised(row: RoomRow): RoomRow {
  return { ...row, version: row.version + 1 }
}

/** What has become of each member whom a change concerns. */
function memberChanges(before: RoomRow, after: RoomRow): MemberChange[] {
  const known = new Map(before.members.map((member) => [member.user_id, member]))
  const left = new Set(after.members.map(({ user_id }) => user_id))
  const removed = before.members.filter(({ user_id }) => !left.has(user_id))
  const wasMuted = new Map(before.mutes.map(({ user_id, until }) => [user_id, until]))
  const isMuted = new Map(after.mutes.map(({ user_id, until }) => [user_id, until]))
  const isOther = ({ user_id, role }: MemberRow) =>
    known.get(user_id)?.role !== role || wasMuted.get(user_id) !== isMuted.get(user_id)
  return [
    ...removed.map(({ user_id }) => noMember(user_id)),
    ...membersOf({ members: after.members.filter(isOther), mutes: after.mutes }),
  ]
}

/** What a change says of somebody who is not a member. */
export function noMember(user_id: string): MemberChange {
  return { user_id, role: null, joined_at: null, muted_until: null }
}

/** The members as others see them. */
function membersOf({ members, mutes }: Pick<RoomRow, 'members' | 'mutes'>): RoomMember[] {
  const until = new Map(valid(mutes).map((one) => [one.user_id, one.until]))
  return members.map((member) => ({ ...member, muted_until: until.get(member.user_id) ?? null }))
}

/** One page of members, by user id. */
export function membersAfter(
  row: Pick<RoomRow, 'members' | 'mutes'>,
  after: string | undefined,
  limit: number,
): { members: RoomMember[]; more: boolean } {
  const sorted = row.members.toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1))
  const following = after === undefined ? sorted : sorted.filter(({ user_id }) => user_id > after)
  const members = membersOf({ members: following.slice(0, limit), mutes: row.mutes })
  return { members, more: following.length > limit }
}

/** What a member is in a room. */
export function membershipOf(
  row: RoomPart & Pick<RoomRow, 'pair' | 'mutes'>,
  userIds: readonly string[],
): Membership {
  const isOwner = row.owner !== null && userIds.includes(row.owner)
  // One of whom was erased has the room's id behind them.
  const peers = row.kind === 'direct' ? row.pair.split('\n').slice(0, 2) : []
  const muted_until = isOwner ? null : mutedUntil(row.mutes, userIds)
  return { room: toRoom(row), role: isOwner ? 'owner' : 'member', peers, muted_until }
}
