import { randomBytes } from 'node:crypto'
import { type Invite, limits, type MemberChange, type RoomMember, type RoomRole } from '@dowellchat/protocol'
import { dateNow, isoNow } from '../time.ts'
import { type InviteRow, type RoomPart, type RoomRow, toRoom } from './fields/rooms.ts'
import type { Membership, NewInvite, RoomActor, RoomChange, RoomOutcome } from './store.ts'

type Refusal = Extract<RoomOutcome, { refused: unknown }>
type Result = Refusal | { readonly row: RoomRow; readonly invite?: Invite }

const secretBytes = 18

/** In how many of a user's newest rooms others are looked for. */
export const sharedRooms = 1_000

/** What a change makes of a room; a store writes `row` where it is another one than before. */
export function roomChange(
  before: RoomRow | undefined,
  change: RoomChange,
): { readonly row: RoomRow; readonly outcome: RoomOutcome } | { readonly outcome: Refusal } {
  const result = before ? changed(before, change) : notFound(change)
  if ('refused' in result) return { outcome: result }
  const { row, invite } = result
  const isChanged = row !== before
  const changes = isChanged && before ? memberChanges(before.members, row.members) : []
  return {
    row,
    outcome: {
      changed: isChanged,
      room: toRoom(row),
      changes,
      member_ids: row.members.map(({ user_id }) => user_id),
      ...(invite && { invite }),
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
  if (row.kind === 'direct') return change.type === 'update' ? update(row, change) : fixed()
  if (change.type === 'leave') return remove(row, change.by.user_ids)
  if (role !== 'owner' && !change.by.is_admin) {
    return { refused: 'forbidden', why: 'This needs the owner of the room or an admin' }
  }
  switch (change.type) {
    case 'update':
      return update(row, change)
    case 'add':
      return add(row, change.user_ids)
    case 'remove':
      return remove(row, change.user_ids)
    case 'close':
      return { row: closed(row) }
    case 'invite':
      return invite(row, change.invite)
  }
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

function update(row: RoomRow, { title, metadata }: Extract<RoomChange, { type: 'update' }>): Result {
  const next = {
    ...row,
    title: title === undefined ? row.title : title,
    metadata_text: metadata ? JSON.stringify(metadata) : row.metadata_text,
  }
  const isSame = next.title === row.title && next.metadata_text === row.metadata_text
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

/** Removes members. The room of an owner who is gone passes to its oldest member; without members it is closed. */
function remove(row: RoomRow, user_ids: readonly string[]): Result {
  const left = row.members.filter(({ user_id }) => !user_ids.includes(user_id))
  if (left.length === row.members.length) return { row }
  const [oldest, ...others] = left
  if (!oldest) return { row: closed(row) }
  if (left.some(({ role }) => role === 'owner')) return { row: withMembers(row, left) }
  return { row: { ...withMembers(row, [{ ...oldest, role: 'owner' }, ...others]), owner: oldest.user_id } }
}

function invite(row: RoomRow, { created_by, cid, fingerprint, expires_at, uses }: NewInvite): Result {
  const known = row.invites.find((one) => one.created_by === created_by && one.cid === cid)
  if (known && known.fingerprint !== fingerprint) {
    return { refused: 'conflict', why: `cid: ${cid} has been used for another invite` }
  }
  if (known) return { row, invite: toInvite(row, known) }
  const valid = row.invites.filter(isValid)
  if (valid.length >= limits.room_invites) {
    return { refused: 'limit_reached', why: `A room has at most ${limits.room_invites} invites` }
  }
  const secret = randomBytes(secretBytes).toString('base64url')
  const made = { invite: `${row._id}.${secret}`, created_by, cid, fingerprint, expires_at, uses_left: uses }
  return { row: raised({ ...row, invites: [...valid, made] }), invite: toInvite(row, made) }
}

function accept(row: RoomRow, by: RoomActor, text: string): Result {
  const known = row.invites.find((one) => one.invite === text)
  const [user_id] = by.user_ids
  const missing: Refusal = { refused: 'not_found', why: 'The invite is not valid' }
  if (!known || row.closed_at !== null || user_id === undefined) return missing
  // Repeating it succeeds, also when nothing of it is left.
  if (roleOf(row, by) !== null) return { row }
  if (!isValid(known)) return missing
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
  return { ...withMembers(row, []), invites: [], closed_at: isoNow() }
}

function withMembers(row: RoomRow, members: readonly RoomMember[]): RoomRow {
  return raised({ ...row, members, member_count: members.length })
}

function raised(row: RoomRow): RoomRow {
  return { ...row, version: row.version + 1 }
}

/** What has become of each member whom a change concerns. */
function memberChanges(before: readonly RoomMember[], after: readonly RoomMember[]): MemberChange[] {
  const known = new Map(before.map((member) => [member.user_id, member]))
  const left = new Set(after.map(({ user_id }) => user_id))
  const removed = before.filter(({ user_id }) => !left.has(user_id))
  return [
    ...removed.map(({ user_id }) => ({ user_id, role: null, joined_at: null })),
    ...after.filter(({ user_id, role }) => known.get(user_id)?.role !== role),
  ]
}

/** One page of members, by user id. */
export function membersAfter(
  members: readonly RoomMember[],
  after: string | undefined,
  limit: number,
): { members: RoomMember[]; more: boolean } {
  const sorted = members.toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1))
  const following = after === undefined ? sorted : sorted.filter(({ user_id }) => user_id > after)
  return { members: following.slice(0, limit), more: following.length > limit }
}

/** What a member is in a room. */
export function membershipOf(row: RoomPart & Pick<RoomRow, 'pair'>, userIds: readonly string[]): Membership {
  const isOwner = row.owner !== null && userIds.includes(row.owner)
  const peers = row.kind === 'direct' ? row.pair.split('\n') : []
  return { room: toRoom(row), role: isOwner ? 'owner' : 'member', peers }
}
