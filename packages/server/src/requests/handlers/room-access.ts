import { hasMembers, type MemberChange, type Room, roomStream, type Session } from '@dowellchat/protocol'
import { usersOf } from '../../delivery/audience.ts'
import { RequestError } from '../../errors.ts'
import { rightOf } from '../../identity/permissions.ts'
import { isUnavailable } from '../../stores/is-unavailable.ts'
import { noMember } from '../../stores/room.ts'
import type { Membership, RoomActor, RoomChange, RoomOutcome, StreamKey } from '../../stores/store.ts'
import { actorOf } from '../audited.ts'
import type { Context } from '../handler.ts'
import { isBlocked } from './blocks.ts'

export function roomKey({ workspace_id }: Session, room: string): StreamKey {
  return { workspace_id, stream: roomStream(room) }
}

/** A room whose membership the session does not have fails like one that does not exist. */
export function roomNotFound(room: string): RequestError {
  return new RequestError('not_found', `Room ${room} does not exist`)
}

export async function requireMembership({ session, store }: Context, room: string): Promise<Membership> {
  const membership = await store.rooms.membership(session.workspace_id, room, session.user_ids)
  if (!membership) throw roomNotFound(room)
  return membership
}

/** Throws if one of the two people of a direct room has blocked the other. Both get the same answer. */
export async function expectNotBlocked(context: Context, peers: readonly string[]): Promise<void> {
  const [a, b] = peers
  if (a === undefined || b === undefined || !(await isBlocked(context, a, b))) return
  throw new RequestError('forbidden', 'The two of you cannot write to each other')
}

/** As `expectNotBlocked`, where the room may be a direct one. */
export async function expectNotBlockedIn(context: Context, room: string): Promise<void> {
  const { session, store } = context
  if (!hasMembers(room)) return
  const membership = await store.rooms.membership(session.workspace_id, room, session.user_ids)
  if (membership) await expectNotBlocked(context, membership.peers)
}

/** Whether the session may manage every room of kind `members`: nobody mutes or slows it. */
export function managesAll(session: Session): boolean {
  return rightOf('mute_member', session) === 'all'
}

/**
 * What has to hold before the session may write to a room with members, or to a thread of it, change a message or react to one.
 * Deleting one's own needs no more than `requireMembership`.
 */
export async function requireVoice(context: Context, room: string): Promise<Membership> {
  const membership = await requireMembership(context, room)
  const { muted_until, peers } = membership
  if (muted_until !== null && !managesAll(context.session))
    throw new RequestError('forbidden', `You may not write here until ${muted_until}`, { muted_until })
  await expectNotBlocked(context, peers)
  return membership
}

/** What has to hold before the session may join, read or write to a room; undefined for open rooms, which it costs nothing. */
export function roomGuard(context: Context, room: string): (() => Promise<Membership>) | undefined {
  return hasMembers(room) ? () => requireMembership(context, room) : undefined
}

/** What the room's change sees of the session. */
function roomActorOf({ session, right }: Context): RoomActor {
  return { user_ids: session.user_ids, is_admin: right === 'all' }
}

export type Changed = Extract<RoomOutcome, { changed: boolean }>

/** A change without who makes it. */
type Change = RoomChange extends infer C ? (C extends unknown ? Omit<C, 'by'> : never) : never

const removing: ReadonlySet<RoomChange['type']> = new Set(['remove', 'leave', 'close'])

/** Changes a room with members, and tells those whom it concerns. */
export async function changeRoom(context: Context, room: string, change: Change): Promise<Changed> {
  const { session, store, memberRooms } = context
  if (!hasMembers(room)) throw roomNotFound(room)
  // Each kind of change with its own fields.
  const whole = { ...change, by: roomActorOf(context) } as RoomChange
  const outcome = await store.rooms.change(session.workspace_id, room, whole).catch((error: unknown) => {
    // It may be stored: then those who were removed hear no more, though nobody repeats the request.
    if (isUnavailable(error) && removing.has(change.type)) resendRoom(context, room, idsIn(change, context))
    throw error
  })
  if ('refused' in outcome) {
    const isOfRoom = !['accept', 'mute'].includes(change.type)
    throw outcome.refused === 'not_found' && isOfRoom
      ? roomNotFound(room)
      : new RequestError(outcome.refused, outcome.why)
  }
  const concerned = outcome.changed ? outcome.changes.map(({ user_id }) => user_id) : idsIn(change, context)
  const act = change.type === 'mute' ? 'mute_member' : 'set_member'
  if (outcome.changed && change.type !== 'invite') recordMembers(context, outcome.room, outcome.changes, act)
  // Also when it is repeated: the first time may have been cut off before this.
  if (outcome.changed || removing.has(change.type))
    await memberRooms.changed(session.workspace_id, room, concerned)
  if (change.type === 'invite') return outcome
  if (outcome.changed) announceRoom(context, outcome)
  else resendRoom(context, room, concerned, outcome.room.version)
  return outcome
}

/** For a change of which a try has ended, or may have, before the room was sent: it is read again, and sent as it is then. */
function resendRoom({ resend }: Context, room: string, userIds: readonly string[], version = 0): void {
  resend('member_changed', { room, changes: userIds.map(noMember), version })
}

/** Whose membership a change concerns, as far as it says so. */
function idsIn(change: Change, { session }: Context): readonly string[] {
  switch (change.type) {
    case 'add':
    case 'remove':
      return change.user_ids
    case 'leave':
    case 'accept':
      return session.user_ids
    case 'mute':
      return [change.user_id]
    case 'close':
    case 'update':
    case 'invite':
      return []
    default:
      return change satisfies never
  }
}

/** Each user whose membership began, changed or ended, or who was muted, is a row of the audit trail. */
export function recordMembers(
  { session, credential, address, audit }: Context,
  { _id, version }: Room,
  changes: readonly Pick<MemberChange, 'user_id' | 'role'>[],
  ofMembers = 'set_member',
): void {
  const who = { ...actorOf({ session, credential }), address, object: _id }
  for (const { user_id, role } of changes) {
    const act = role === null ? 'remove_member' : ofMembers
    audit.record(session.workspace_id, { ...who, act, user_id, of: [_id, user_id, version] })
  }
}

/** Sends the room to its members, and what has changed among them also to those who are gone. */
export function announceRoom({ session, notify }: Context, { room, changes, member_ids }: Changed): void {
  const { workspace_id } = session
  const gone = changes.filter(({ role }) => role === null).map(({ user_id }) => user_id)
  if (changes.length > 0) {
    const fact = { room: room._id, changes: [...changes], version: room.version }
    notify(usersOf(workspace_id, [...member_ids, ...gone]), 'member_changed', fact)
  }
  notify(usersOf(workspace_id, member_ids), 'room_updated', { data: room })
}
