import { memberRoomPrefix, type Room, type RoomMember } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { NewRoom } from '../domains/rooms.ts'
import type { ClientMade } from '../domains/rows.ts'
import { newId } from '../ids.ts'
import {
  added,
  clientMadeFields,
  type EntityFields,
  entityOf,
  inStore,
  integer,
  json,
  orNull,
  text,
} from './field.ts'

/** An invite as a room's row has it; its text is the room's id and a secret. */
export interface InviteRow extends ClientMade {
  readonly invite: string
  readonly created_by: string
  readonly expires_at: string
  readonly uses_left: number
  /** Who was removed since it was made, and not added again: it lets none of them in. */
  readonly refused?: readonly string[]
}

/** A member as a room's row has them. */
export type MemberRow = Omit<RoomMember, 'muted_until'>

/** That somebody may not write in a room. It holds also for one who has left and comes again. */
export interface Mute {
  readonly user_id: string
  readonly until: string
}

/** A room with its members and invites: one row, so that whatever two requests could race for is one write. */
export interface RoomRow extends Omit<Room, 'metadata'>, ClientMade {
  /** As JSON: MongoDB does not take every key. */
  readonly metadata_text: string
  readonly created_at: string
  readonly member_count: number
  /** The user who made it. */
  readonly user_id: string
  /** What makes a room unique: the two user ids of a direct room, its own id for others; both once one of the two was erased. */
  readonly pair: string
  /** In the order in which they joined. */
  readonly members: readonly MemberRow[]
  /** Those that have not passed when the room was changed last. */
  readonly mutes: readonly Mute[]
  readonly invites: readonly InviteRow[]
}

export const roomFields: EntityFields<RoomRow, Room> = {
  _id: text,
  kind: text,
  title: orNull(text),
  metadata_text: inStore(text),
  owner: orNull(text),
  member_count: integer,
  created_at: text,
  closed_at: orNull(text),
  slow_mode_ms: orNull(integer),
  version: integer,
  user_id: inStore(text),
  pair: inStore(text),
  members: inStore(json),
  mutes: inStore(added(json, [])),
  invites: inStore(json),
  ...clientMadeFields,
}

/** The part of a row that a room is made of. */
export type RoomPart = Pick<RoomRow, Exclude<keyof Room, 'metadata'> | 'metadata_text'>

const shown = entityOf<RoomRow, Room>(roomFields)

export function toRoom(row: RoomPart): Room {
  // Only the entity's fields are read.
  return { ...shown(row as RoomRow), metadata: JSON.parse(row.metadata_text) as Room['metadata'] }
}

/** The two people of a direct room as one text, in whichever order they are given; ids have no control characters. */
export function pairOf(members: readonly string[]): string {
  return members.toSorted().join('\n')
}

/** A new room with its first members. */
export function newRoomRow(room: NewRoom): RoomRow {
  const created_at = isoNow()
  const owner = room.kind === 'members' ? room.user_id : null
  const user_ids = [...new Set([room.user_id, ...room.members])]
  const _id = `${memberRoomPrefix}${newId()}`
  return {
    _id,
    kind: room.kind,
    title: room.title,
    metadata_text: JSON.stringify(room.metadata),
    owner,
    member_count: user_ids.length,
    created_at,
    closed_at: null,
    slow_mode_ms: null,
    version: 1,
    user_id: room.user_id,
    pair: room.kind === 'direct' ? pairOf(user_ids) : _id,
    members: user_ids.map((user_id) => ({
      user_id,
      role: user_id === owner ? 'owner' : 'member',
      joined_at: created_at,
    })),
    mutes: [],
    invites: [],
    cid: room.cid,
    fingerprint: room.fingerprint,
  }
}
